import { describe, expect, it } from 'vitest';
import { type Moves, planMoves, type RunSpecView } from '../../../lib/deployment/plan-moves.ts';
import { contentHash } from '../../../lib/model/content-hash.ts';
import { type AgentId, type InstanceId, type LaunchId, toAppTaskId, toInstanceId } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import type { LaunchQueueEntry } from '../../../lib/model/launch-queue.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../../lib/model/root.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, aScheduledInstance } from '../../fixtures/an-instance.ts';

const ID = resolvePathId('/app');
const SPEC = anApp({ instances: 2 });
const CURRENT: CurrentSpec = { id: ID, spec: SPEC, former: [], hash: contentHash(SPEC) };
const NOW = EPOCH + 10_000;

const idOf = (name: string): InstanceId => toInstanceId(ID, name);
const running = (name: string, fields: Partial<Instance> = {}): Instance =>
  anInstance({ id: idOf(name), launch: { id: `launch-${name}` as LaunchId, at: EPOCH, ecsVersion: 1 }, ...fields });
const anEntry = (fields: Partial<LaunchQueueEntry> = {}): LaunchQueueEntry => ({
  runSpec: ID,
  configVersion: SPEC.versionInfo.lastConfigChangeAt,
  counted: [],
  pending: [],
  doomed: [],
  ...fields,
});
const view = (fields: Partial<RunSpecView> = {}): RunSpecView => ({
  id: ID,
  current: CURRENT,
  instances: [],
  entry: anEntry(),
  duty: { kind: 'keep', count: 2 },
  ...fields,
});

/** Ids in order: `new-1`, `new-2`. */
function plan(given: RunSpecView): Moves {
  let count = 0;
  return planMoves(
    given,
    () => {
      count += 1;
      return `new-${count}`;
    },
    NOW,
  );
}
const fresh = (name: string): Instance =>
  aScheduledInstance({ id: idOf(name), runSpecHash: CURRENT.hash, since: NOW, incarnation: 0 });
const NOTHING: Moves = { create: [], decommission: [], reschedule: [], expunge: [] };

describe('what one run spec needs', () => {
  it('is nothing when all is well', () => {
    expect(plan(view({ instances: [running('a'), running('b')] }))).toEqual(NOTHING);
  });

  it('is nothing for an id that nobody wants and nothing is known of', () => {
    expect(plan({ id: ID, instances: [], duty: { kind: 'stop' } })).toEqual(NOTHING);
  });

  it('is an entry first of all, then the missing instances it names', () => {
    const { entry: _none, ...unknown } = view();
    expect(plan(unknown)).toEqual({
      ...NOTHING,
      entry: anEntry({ pending: [idOf('new-1'), idOf('new-2')] }),
      create: [fresh('new-1'), fresh('new-2')],
    });
  });

  it('lets the surplus go by writing it down first', () => {
    expect(plan(view({ instances: [running('a'), running('b')], duty: { kind: 'keep', count: 1 } }))).toEqual({
      ...NOTHING,
      entry: anEntry({ doomed: [idOf('b')] }),
      decommission: [idOf('b')],
    });
  });

  it('lets all go that nobody wants any more, and expunges those that have ended', () => {
    const ended = running('b', { goal: 'Decommissioned', condition: 'Killed' });
    const gone: RunSpecView = { id: ID, entry: anEntry(), instances: [running('a'), ended], duty: { kind: 'stop' } };
    expect(plan(gone)).toEqual({
      ...NOTHING,
      entry: anEntry({ doomed: [idOf('a')] }),
      decommission: [idOf('a')],
      expunge: [ended],
    });
  });

  it('expunges one that was let go before it was launched', () => {
    const waiting = aScheduledInstance({ id: idOf('a'), goal: 'Decommissioned' });
    expect(plan(view({ instances: [waiting, running('b'), running('c')] }))).toEqual({
      ...NOTHING,
      expunge: [waiting],
    });
  });

  it('reschedules what ended and is wanted', () => {
    const killed = running('a', { condition: 'Killed' });
    expect(plan(view({ instances: [killed, running('b')] }))).toEqual({ ...NOTHING, reschedule: [killed.id] });
  });

  it('reschedules nothing that is to go', () => {
    const killed = running('a', { condition: 'Killed' });
    expect(
      plan(view({ instances: [killed], entry: anEntry({ doomed: [killed.id] }), duty: { kind: 'keep', count: 0 } })),
    ).toEqual({ ...NOTHING, decommission: [killed.id] });
  });

  it('neither adds nor takes while a deployment holds it without a part in its present step', () => {
    const { duty: _none, ...locked } = view({ instances: [running('a', { condition: 'Killed' })] });
    expect(plan(locked)).toEqual({ ...NOTHING, reschedule: [idOf('a')] });
  });
});

describe('an app of ten thousand instances', () => {
  const many = { kind: 'keep', count: 10_000 } as const;
  /** As long as those of real instances. */
  const names = Array.from({ length: 10_000 }, (_, index) => String(index).padStart(36, '0'));
  const planNamed = (given: RunSpecView): Moves => {
    const uuids = names.values();
    return planMoves(given, () => uuids.next().value ?? '', NOW);
  };
  const sizeOf = ({ entry }: Moves): number => Buffer.byteLength(JSON.stringify(entry));

  it('is brought up two thousand at a time, in entries that fit their item', () => {
    const moves = planNamed(view({ duty: many }));
    expect(moves.create).toHaveLength(2_000);
    expect(sizeOf(moves)).toBeLessThan(350_000);
  });

  it('is brought up in smaller steps where ids are long', () => {
    const id = resolvePathId(`/${'long-'.repeat(100)}name`);
    const moves = planNamed(view({ id, entry: anEntry({ runSpec: id }), duty: many }));
    expect(moves.create.length).toBeGreaterThan(400);
    expect(sizeOf(moves)).toBeGreaterThan(200_000);
    expect(sizeOf(moves)).toBeLessThan(255_000);
  });

  it('relaunches two thousand of those that ended at a time, each counted before', () => {
    const instances = names.map((name) =>
      running(name, { condition: 'Failed', launch: { id: name as LaunchId, at: EPOCH, ecsVersion: 1 } }),
    );
    const moves = plan(view({ instances, duty: many }));
    expect(moves.reschedule).toHaveLength(2_000);
    expect(moves.entry?.counted).toHaveLength(2_000);
    expect(sizeOf(moves)).toBeLessThan(350_000);
  });

  it('is let go two thousand at a time', () => {
    const moves = plan(view({ instances: names.map((name) => running(name)), duty: { kind: 'stop' } }));
    expect(moves.decommission).toHaveLength(2_000);
    expect(sizeOf(moves)).toBeLessThan(350_000);
  });
});

describe('a tick that died between its decision and its deeds', () => {
  it('is finished: what is pending is made, nothing more', () => {
    const entry = anEntry({ pending: [idOf('p'), idOf('q')] });
    expect(plan(view({ entry, instances: [aScheduledInstance({ id: idOf('p') })] }))).toEqual({
      ...NOTHING,
      entry: anEntry({ pending: [idOf('q')] }),
      create: [fresh('q')],
    });
    expect(plan(view({ entry }))).toEqual({ ...NOTHING, create: [fresh('p'), fresh('q')] });
  });

  it('is finished: the doomed go, nobody in their place', () => {
    const entry = anEntry({ doomed: [idOf('b')] });
    const instances = [running('a'), running('b')];
    expect(plan(view({ entry, instances, duty: { kind: 'keep', count: 1 } }))).toEqual({
      ...NOTHING,
      decommission: [idOf('b')],
    });
  });

  it('forgets the doomed once their goal is changed', () => {
    const entry = anEntry({ doomed: [idOf('b')] });
    const instances = [running('a'), running('b', { goal: 'Decommissioned' })];
    expect(plan(view({ entry, instances, duty: { kind: 'keep', count: 1 } }))).toEqual({
      ...NOTHING,
      entry: anEntry(),
    });
  });

  it('revokes what was only decided by forgetting it', () => {
    const entry = anEntry({ pending: [idOf('p')] });
    expect(plan(view({ entry, instances: [], duty: { kind: 'keep', count: 0 } }))).toEqual({
      ...NOTHING,
      entry: anEntry(),
    });
  });

  it('forgets pending instances when the definition is gone', () => {
    const entry = anEntry({ pending: [idOf('p')] });
    expect(plan({ id: ID, entry, instances: [], duty: { kind: 'stop' } })).toEqual({ ...NOTHING, entry: anEntry() });
  });

  it('makes pending instances in the definition of now', () => {
    const spec = anApp({ instances: 1, version: toTimestamp(EPOCH + 5_000) });
    const current = { ...CURRENT, spec, hash: contentHash(spec) };
    const entry = anEntry({ pending: [idOf('p')], configVersion: spec.version });
    expect(plan(view({ current, entry, duty: { kind: 'keep', count: 1 } })).create).toEqual([
      aScheduledInstance({
        id: idOf('p'),
        since: NOW,
        runSpecHash: current.hash,
        runSpecVersion: spec.version,
        configVersion: spec.version,
      }),
    ]);
  });
});

describe('failures', () => {
  const failed = running('a', {
    condition: 'Failed',
    since: EPOCH + 9_000,
    termination: { at: EPOCH + 8_900, message: 'Command exited with status 1', exitCode: 1 },
  });
  const instances = [failed, running('b')];
  const counted = anEntry({
    counted: ['launch-a' as LaunchId],
    backoff: { delayMs: 1_000, reference: EPOCH + 9_000 },
    lastTaskFailure: {
      runSpec: ID,
      task: toAppTaskId(failed.id, 1),
      state: 'TASK_FAILED',
      message: 'Command exited with status 1',
      host: 'i-0a1.example.internal',
      at: EPOCH + 8_900,
      version: SPEC.version,
      agent: 'i-0a1' as AgentId,
    },
  });

  it('are counted and remembered in the write that comes before the relaunch', () => {
    expect(plan(view({ instances }))).toEqual({ ...NOTHING, entry: counted, reschedule: [failed.id] });
  });

  it('are counted once, however often the tick dies before the relaunch', () => {
    expect(plan(view({ instances, entry: counted }))).toEqual({ ...NOTHING, reschedule: [failed.id] });
  });

  it('are forgotten without a write of their own once nothing shows them', () => {
    expect(plan(view({ instances: [running('c'), running('b')], entry: counted }))).toEqual(NOTHING);
  });

  it('a kill for failed health checks is remembered, and raises no delay', () => {
    const unhealthy = running('a', {
      condition: 'Killed',
      unhealthy: '500',
      since: EPOCH + 9_000,
      termination: { at: EPOCH + 8_900, message: 'health checks failed: 500' },
    });
    const { entry } = plan(view({ instances: [unhealthy, running('b')] }));
    expect(entry).toMatchObject({
      lastTaskFailure: {
        state: 'TASK_KILLED',
        message: 'Task was killed since health check failed. Reason: 500',
        at: EPOCH + 8_900,
      },
    });
    expect(entry).not.toHaveProperty('backoff');
  });

  it.for(['Finished', 'Killed'] as const)('%s is none to remember', (condition) => {
    const { entry } = plan(view({ instances: [{ ...failed, condition }, running('b')] }));
    expect(entry?.lastTaskFailure).toBeUndefined();
  });

  it('of an older configuration never take the place of a newer one', () => {
    const older = running('o', { condition: 'Failed', configVersion: toTimestamp(0), since: EPOCH + 1 });
    const moves = plan(view({ instances: [older, ...instances], entry: counted, duty: { kind: 'keep', count: 3 } }));
    expect(moves.entry?.lastTaskFailure).toEqual(counted.lastTaskFailure);
  });

  it.for([
    { duty: { kind: 'keep', count: 1 }, counts: true },
    { duty: { kind: 'restart' }, counts: false },
    { duty: undefined, counts: false },
  ] as const)(
    'of an older configuration under $duty raise the delay of its next launch: $counts',
    ({ duty, counts }) => {
      const older = running('o', { condition: 'Failed', configVersion: toTimestamp(0), since: EPOCH + 1 });
      const { duty: _duty, ...rest } = view({ instances: [older] });
      const { entry = rest.entry } = plan(duty === undefined ? rest : { ...rest, duty });
      expect(entry?.backoff !== undefined).toBe(counts);
    },
  );
});
