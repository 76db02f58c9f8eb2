import * as z from 'zod';
import { dutiesOf } from '../../lib/deployment/advance.ts';
import type { PlannedChange, WantedChange } from '../../lib/deployment/plan-change.ts';
import { planMoves } from '../../lib/deployment/plan-moves.ts';
import { contentHash } from '../../lib/model/content-hash.ts';
import type { InstanceId } from '../../lib/model/ids.ts';
import type { Instance } from '../../lib/model/instance.ts';
import { type PathId, resolvePathId } from '../../lib/model/path-id.ts';
import type { CurrentSpec } from '../../lib/model/root.ts';
import { given } from '../../lib/schema/given.ts';
import { parseApp } from '../../lib/schema/parse-app.ts';
import type { DefinitionsView } from '../runtime/definitions/definitions-view.ts';
import { accepted } from './accepted.ts';
import type { ApiDeps } from './deps.ts';
import type { WaitingRunSpec } from './waiting-work.ts';
import { wantedApp } from './wanted-app.ts';
import { wantedPod } from './wanted-pod.ts';

/** The tick decides on a thousand instances at once; so many times it is asked. */
const ROUNDS = 10;

const named = z.object({ id: z.string() });
const podLike = z.object({ containers: z.unknown() });

/** The change that a definition of an app or pod would make. An app that is there is updated, as by `PUT`. */
export async function wantedDefinition(
  deps: ApiDeps,
  view: DefinitionsView,
  body: unknown,
  partialUpdate: boolean,
): Promise<WantedChange> {
  const read = named.safeParse(body);
  const id = read.success ? resolvePathId(read.data.id) : undefined;
  if (podLike.safeParse(body).success) return wantedPod(deps, view, body, id);
  if (id !== undefined) return wantedApp(deps, view, { id, body, partialUpdate, mustExist: false });
  const { app } = accepted(parseApp(body, { config: deps.config, enforcesRole: view.enforcesRole }));
  return { id: app.id, after: app };
}

/** The run spec as the change leaves it, with what is there of it now. */
function changed({ specs, after }: PlannedChange, id: PathId, before: WaitingRunSpec | undefined): CurrentSpec {
  const stored = specs.find(({ spec }) => spec.id === id);
  if (stored !== undefined) return { ...stored, id, hash: contentHash(stored) };
  const spec = after.get(id);
  if (spec === undefined || before === undefined) throw new Error(`the change leaves no ${id}`);
  return before.current;
}

/** What the first step of a change that concerns a run spec does at once. */
export interface FirstStep {
  readonly runSpec: WaitingRunSpec;
  readonly created: ReadonlySet<InstanceId>;
  readonly stopped: number;
}

/** Takes the tick's decisions for the first step of a change, up to `ROUNDS` times a thousand instances. */
export function firstStep(
  { ids, clock }: ApiDeps,
  change: PlannedChange,
  id: PathId,
  before: WaitingRunSpec | undefined,
): FirstStep {
  const current = changed(change, id, before);
  const { plan, after } = change;
  const [duty] = plan.steps.flatMap((_, step) => dutiesOf([{ plan, step }], after).duties.get(id) ?? []);
  const created = new Set<InstanceId>();
  let instances: readonly Instance[] = before?.instances ?? [];
  let entry = before?.entry;
  let doomed = new Set<InstanceId>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const view = { id, current, instances, ...given({ entry, duty }) };
    const moves = planMoves(view, () => ids.timeUuid(), clock.now());
    instances = [...instances, ...moves.create];
    entry = moves.entry ?? entry;
    doomed = new Set(moves.decommission);
    for (const one of moves.create) created.add(one.id);
    if (moves.create.length === 0) break;
  }
  const left = instances.map((one) => (doomed.has(one.id) ? { ...one, goal: 'Decommissioned' as const } : one));
  return { runSpec: { current, instances: left, ...given({ entry }) }, created, stopped: doomed.size };
}
