import type { Resources } from '../model/resources.ts';

export const RESOURCE_NAMES = ['cpus', 'mem', 'disk', 'gpus'] as const satisfies readonly (keyof Resources)[];

/** How amounts are told. */
export const RESOURCE_TEXTS: Readonly<Record<keyof Resources, { readonly unit: string; readonly what: string }>> = {
  cpus: { unit: '', what: 'cpus' },
  mem: { unit: ' MiB', what: 'memory' },
  disk: { unit: ' MiB', what: 'disk' },
  gpus: { unit: '', what: 'gpus' },
};

/** `512 MiB of a mount disk with profile fast`. */
export function diskText(type: string, size: number, profile: string | undefined): string {
  return `${size} MiB of a ${type} disk${profile === undefined ? '' : ` with profile ${profile}`}`;
}

/** `0.5 cpus`, `128 MiB memory`. */
export function amountText(resource: keyof Resources, amount: number): string {
  const { unit, what } = RESOURCE_TEXTS[resource];
  return `${amount}${unit} ${what}`;
}
