import type { AppDefinition } from '../model/run-spec.ts';

/** What is wrong with the networks of a definition; undefined for host mode. */
export function networkLimit({ networks }: AppDefinition): string | undefined {
  const mode = networks.find((network) => network.mode !== 'host')?.mode;
  return mode === undefined
    ? undefined
    : `network mode ${mode} is not supported: use host, where $PORT0 is the port to listen on`;
}

/** Guards the rendering against a definition that came in before this was checked. */
export function requireHostNetwork(definition: AppDefinition): void {
  const limit = networkLimit(definition);
  if (limit !== undefined) throw new Error(`${definition.id}: ${limit}`);
}
