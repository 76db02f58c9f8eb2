// Values that apps and pods are made of alike, as far as the parts of pods need them.

export type Labels = Readonly<Record<string, string>>;
export type EnvironmentValue = string | { readonly secret: string };
export type Environment = Readonly<Record<string, EnvironmentValue>>;

/** By the name that references use. */
export type Secrets = Readonly<Record<string, { readonly source: string }>>;

export interface Artifact {
  readonly uri: string;
  readonly extract: boolean;
  readonly executable: boolean;
  readonly cache: boolean;
  readonly destPath?: string;
}

/** The most that a task may use, at least what it asks for; absent: exactly that. */
export interface ResourceLimits {
  readonly cpus?: number | 'unlimited';
  readonly mem?: number | 'unlimited';
}
