import { createHealth } from '../../../functions/health/health.ts';
import type { Log } from '../../../functions/runtime/log.ts';
import { createMemoryStore } from '../../../lib/gateways/memory-store.ts';
import type { Store } from '../../../lib/gateways/store.ts';
import { checksAtLaunch } from '../../../lib/health/instance-health.ts';
import { probedTasksDigest } from '../../../lib/health/probed-tasks.ts';
import { type LaunchId, toInstanceId } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import type { MarathonEvent } from '../../../lib/model/outbox.ts';
import type { ProbeOutcome, ProbeTarget } from '../../../lib/model/probe.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import { quietly } from '../../../lib/state/instances.ts';
import { createState } from '../../../lib/state/state.ts';
import { anInstance } from '../../fixtures/an-instance.ts';
import { seededIds } from '../../simulation/seeded-ids.ts';
import { createVirtualClock } from '../../simulation/virtual-clock.ts';

export const OK: ProbeOutcome = { kind: 'answered', status: 200, reason: 'OK', contentType: '', body: '' };
export const REFUSED: ProbeOutcome = { kind: 'failed', cause: 'refused', timedOut: false };

export interface Asked {
  readonly port: number;
  readonly at: number;
}

/** A prober's world on virtual time: `answer` says what the task at a port answers, and after how long. */
export function aProber(
  answer: (port: number, now: number) => { readonly outcome: ProbeOutcome; readonly afterMs?: number },
  { shards = 1, room = 700, storeOf = (store: Store): Store => store } = {},
) {
  const clock = createVirtualClock();
  const memory = createMemoryStore();
  const writes: string[] = [];
  memory.subscribe(({ key }) => writes.push(key.pk));
  const state = createState(memory, 'stride');
  const probed = createState(storeOf(memory), 'stride');
  const asked: Asked[] = [];
  const errors: string[] = [];
  const lags: number[] = [];
  const ids = seededIds();
  const log: Log = { info: () => undefined, error: (message) => errors.push(message) };
  const ask = async ({ port }: ProbeTarget): Promise<ProbeOutcome> => {
    asked.push({ port, at: clock.now() });
    const { outcome, afterMs = 10 } = answer(port, clock.now());
    await clock.sleep(afterMs);
    return outcome;
  };
  const meter = (_instance: unknown, lag: number): void => void lags.push(lag);
  const health = createHealth({ state: probed, probes: { ask }, clock, ids, log, shards, room, meter });

  return {
    clock,
    state,
    asked,
    errors,
    lags,
    /** Writes of instances since the last call. */
    instanceWrites: (): number => writes.splice(0).filter((pk) => pk.includes('#INSTANCE#')).length,
    /** A run of the prober that ends after `seconds`. */
    start: (seconds = 900, shard = 0) => health(shard, clock.now() + seconds * 1000, new AbortController().signal),
    /** Running instances of an app, one for each port. */
    async run(spec: AppSpec, ports: readonly number[]): Promise<readonly Instance[]> {
      const hash = await state.definitions.putSpec({ spec, former: [] });
      const instances = ports.map((port) =>
        anInstance({
          id: toInstanceId(spec.id, `00000000-0000-4000-8000-${String(port).padStart(12, '0')}`),
          runSpec: spec.id,
          runSpecHash: hash,
          hostPorts: [port],
          since: clock.now(),
          launch: { id: `launch-${port}` as LaunchId, at: clock.now(), ecsVersion: 1 },
          ...checksAtLaunch(spec),
        }),
      );
      for (const instance of instances) await state.instances.replace(instance, 0, quietly([]));
      await state.probing.putMark({ runSpec: spec.id, digest: probedTasksDigest(instances) });
      return instances;
    },
    async stored({ runSpec, id }: Instance): Promise<Instance> {
      const found = await state.instances.get({ runSpec, id });
      if (found === undefined) throw new Error(`${id} is gone`);
      return found.value;
    },
    /** Writes an instance as somebody else would. */
    async change(instance: Instance, fields: Partial<Instance>): Promise<void> {
      const found = await state.instances.get(instance);
      if (found === undefined) throw new Error(`${instance.id} is gone`);
      await state.instances.replace({ ...found.value, ...fields }, found.rev, quietly([]));
    },
    async eventsOf({ runSpec, id }: Instance): Promise<readonly MarathonEvent[]> {
      const items = await memory.query(`stride#INSTANCE#${runSpec}`);
      const item = items.items.find(({ sk }) => sk === id);
      return item === undefined ? [] : ((await state.readOutbox(item))?.events ?? []);
    },
  };
}
