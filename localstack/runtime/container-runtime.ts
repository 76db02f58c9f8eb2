/** One container of a task, with everything that its start needs. */
export interface ContainerRun {
  /** ECS's task id: 32 hexadecimal digits. */
  readonly taskId: string;
  /** Host of the agent that runs it. */
  readonly host: string;
  readonly name: string;
  readonly image: string;
  /** True when the task's only container: its sandbox then needs no container name. */
  readonly alone: boolean;
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly dockerLabels: Readonly<Record<string, string>>;
  readonly portMappings: readonly {
    readonly containerPort: number;
    readonly hostPort: number;
    readonly protocol: string;
  }[];
  /** What the definition asks for beyond this shape, by its name there: a runtime must serve it or fail the start. */
  readonly extras: Readonly<Record<string, unknown>>;
}

export interface PortBinding {
  readonly bindIP: string;
  readonly containerPort: number;
  readonly hostPort: number;
  readonly protocol: string;
}

/** How a container's story is told: `failed` alone, or `started` and later `exited`. */
export interface ContainerListener {
  started(runtimeId: string, bindings: readonly PortBinding[]): void;
  /** It never ran. The reason begins with ECS's word: `CannotPullContainerError: …` */
  failed(reason: string): void;
  /** As Docker shows it: 128 + signal number when a signal ended it. */
  exited(exitCode: number): void;
}

export interface ContainerHandle {
  /** The stop signal now, SIGKILL after `graceMs`. */
  stop(signal: 'SIGTERM', graceMs: number): void;
  kill(): void;
  /**
   * Runs a command inside the container, for its health check; its exit code, as a shell would show it. Undefined when
   * it did not end in time and was killed.
   */
  exec(command: readonly string[], timeoutMs: number): Promise<number | undefined>;
  /** Resolves when nothing of it runs any more. */
  readonly ended: Promise<void>;
}

/** A back-end that runs containers: reports to the listener, at once or later, and never throws. */
export interface ContainerRuntime {
  start(run: ContainerRun, listener: ContainerListener): ContainerHandle;
}
