import type { StartTaskRequest } from './task.ts';

/** `overrides` of StartTask, as ECS and its SDK take it. */
export interface TaskOverrides {
  containerOverrides: {
    name: string;
    command?: string[];
    environment: { name: string; value: string }[];
    cpu: number;
    memory?: number;
    memoryReservation?: number;
    resourceRequirements?: { type: 'GPU'; value: string }[];
  }[];
}

/** Characters that ECS takes in `overrides`, JSON syntax included (aws.md §1.1). */
export const MAX_OVERRIDES_CHARACTERS = 8192;

/** The overrides of one launch: what is sent is what is measured. An empty command leaves the image's own. */
export function taskOverrides(container: StartTaskRequest['container']): TaskOverrides {
  return {
    containerOverrides: [
      {
        name: container.name,
        ...(container.command.length > 0 && { command: [...container.command] }),
        environment: Object.entries(container.environment).map(([name, value]) => ({ name, value })),
        cpu: container.cpu,
        ...(container.memory !== undefined && { memory: container.memory }),
        ...(container.memoryReservation !== undefined && { memoryReservation: container.memoryReservation }),
        ...(container.gpus !== undefined && {
          resourceRequirements: [{ type: 'GPU' as const, value: String(container.gpus) }],
        }),
      },
    ],
  };
}
