import * as z from 'zod';
import { toContainerInstanceNews, toTaskSighting } from '../../../lib/aws/ecs/sightings.ts';
import { unknownInstanceTerminated } from '../../../lib/event/events.ts';
import type { Clock } from '../../../lib/gateways/clock.ts';
import { reduceInstance } from '../../../lib/instance/reduce-instance.ts';
import { taskStatusOf } from '../../../lib/instance/task-status.ts';
import type { LaunchId } from '../../../lib/model/ids.ts';
import { isTerminal } from '../../../lib/model/instance.ts';
import type { TaskSighting } from '../../../lib/model/task.ts';
import type { KnownLaunch } from '../../../lib/state/instances.ts';
import type { State } from '../../../lib/state/state.ts';
import type { Log } from '../../runtime/log.ts';

/** Another writer was first this often in a row: the queue delivers the event again later. */
const ATTEMPTS = 8;

interface IngestDeps {
  readonly state: State;
  readonly clock: Clock;
  readonly log: Log;
}

const ecsEvent = z.object({ 'detail-type': z.string(), detail: z.unknown() });

/**
 * Stores what an ECS event says, guarded by the launch id and by ECS's own version counter, so that events may come
 * twice, late or in any order (design §4). What follows from it is the tick's business: the write wakes it.
 */
export function createIngest({ state, clock, log }: IngestDeps) {
  /**
   * Tells of the end of a task whose instance is forgotten, unless the end was known when it was. Its launch is over with
   * that, and what it held on its agent is free: the tick lets go of the claim.
   */
  async function tellUnknownEnd(
    launch: LaunchId,
    task: TaskSighting,
    { id, runSpec, ended }: KnownLaunch,
  ): Promise<void> {
    const status = taskStatusOf(task);
    if (ended || status === undefined || !isTerminal(status.condition)) return;
    const event = unknownInstanceTerminated(id, runSpec, status.condition, clock.now());
    await state.announce(`ended-${launch}`, { events: [event], dirty: [], wake: false });
    await state.instances.retireLaunch(launch, clock.now(), true);
    await state.announce(`freed-${launch}`, { events: [], dirty: [runSpec], wake: true });
  }

  async function taskChanged(task: TaskSighting): Promise<void> {
    const { launch } = task;
    const key = launch === undefined ? undefined : await state.instances.findLaunch(launch);
    // Not ours, or of an instance that is gone: the sweep finds what should not run.
    if (launch === undefined || key === undefined) return;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const stored = await state.instances.get(key);
      if (stored === undefined) return tellUnknownEnd(launch, task, key);
      const effect = reduceInstance(stored.value, { kind: 'seen', task }, clock.now());
      if (effect.kind === 'noop') return;
      const outbox = { events: effect.events, dirty: [key.runSpec], wake: true };
      if (await state.instances.replace(effect.instance, stored.rev, outbox)) return;
    }
    throw new Error(`instance ${key.id} changed ${ATTEMPTS} times meanwhile`);
  }

  async function agentChanged(detail: unknown): Promise<void> {
    const heard = toContainerInstanceNews(detail);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const stored = await state.agents.getHeard(heard.agent);
      // Each start and stop moves the remaining resources; the claims know those already.
      if (stored !== undefined && (stored.value.version >= heard.version || stored.value.digest === heard.digest))
        return;
      const outbox = { events: [], dirty: [], wake: true };
      if (await state.agents.replaceHeard(heard, stored?.rev ?? 0, outbox)) return;
    }
    throw new Error(`agent ${heard.agent} changed ${ATTEMPTS} times meanwhile`);
  }

  /** One event as the queue delivers it: JSON text. Throws on what cannot be read or stored, so that it is kept. */
  return async function ingest(body: string): Promise<void> {
    const event = ecsEvent.parse(JSON.parse(body));
    switch (event['detail-type']) {
      case 'ECS Task State Change':
        return taskChanged(toTaskSighting(event.detail));
      case 'ECS Container Instance State Change':
        return agentChanged(event.detail);
      default:
        log.info('event of an unknown type', { detailType: event['detail-type'] });
    }
  };
}
