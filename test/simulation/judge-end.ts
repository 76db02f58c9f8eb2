import { isDeepStrictEqual } from 'node:util';
import { isHealthy } from '../../lib/health/instance-health.ts';
import type { DeploymentEnd } from '../../lib/model/deployment.ts';
import type { MarathonEvent } from '../../lib/model/outbox.ts';
import type { PathId } from '../../lib/model/path-id.ts';
import type { RunSpec } from '../../lib/model/run-spec.ts';
import { claimsOf } from '../../lib/state/claims.ts';
import type { Clients } from './clients.ts';
import type { ControlPlane } from './control-plane.ts';
import { versionOfSpec } from './wanted.ts';

/** What handlers say of outages, and of an event that loses too many races and comes again. */
const EXPECTED = /did not answer|changed \d+ times meanwhile|Too many changes were made/;

const A_PAGE = 100;

/** Everything that must hold when the world has been kind for long enough. What does not is in the answer. */
export async function judgeEnd(plane: ControlPlane, clients: Clients): Promise<readonly string[]> {
  const { value: root } = await plane.state.definitions.readRoot();
  const { entries } = await plane.state.definitions.loadTree(root.tree);
  const hashes = [...entries.values()].flatMap((entry) => (entry.kind === 'app' ? [entry.spec] : []));
  const stored = [...(await plane.state.definitions.getSpecs(hashes)).values()];
  const specs = new Map(stored.map(({ spec }) => [spec.id, spec]));
  const running = Object.keys(root.running);
  const surprising = plane.errors.filter((error) => !EXPECTED.test(error));
  return [
    ...surprising.map((error) => `a handler failed: ${error}`),
    ...(running.length > 0 ? [`deployments still run: ${running}`] : []),
    ...judgeDefinitions(specs, clients.possible()),
    ...(await judgeInstances(plane, specs)),
    ...(await judgeLeftOvers(plane, new Set(specs.keys()))),
    ...(await judgeEvents(plane, new Set(specs.keys()))),
    ...(await judgeHistory(plane)),
  ];
}

function judgeDefinitions(
  specs: ReadonlyMap<PathId, RunSpec>,
  possible: ReadonlyMap<PathId, readonly string[]>,
): readonly string[] {
  return [...possible].flatMap(([app, texts]) => {
    const found = versionOfSpec(specs.get(app)).text;
    return texts.includes(found) ? [] : [`${app} is ${found} and may be ${[...new Set(texts)].join(', ')}`];
  });
}

async function judgeInstances(plane: ControlPlane, specs: ReadonlyMap<PathId, RunSpec>): Promise<readonly string[]> {
  const wrong: string[] = [];
  let wanted = 0;
  for (const [id, { instances: count }] of specs) {
    const instances = (await plane.state.instances.list(id)).map(({ value }) => value);
    const running = instances.filter((instance) => instance.goal === 'Running' && isHealthy(instance));
    wanted += count;
    if (running.length === count && instances.length === count) continue;
    const conditions = instances.map(({ goal, condition }) => `${goal}/${condition}`);
    wrong.push(`${id} wants ${count}, has ${conditions.join(' ')}`);
  }
  const live = plane.cluster.running().length;
  return live === wanted ? wrong : [...wrong, `${live} tasks run, ${wanted} wanted`];
}

async function judgeLeftOvers(plane: ControlPlane, apps: ReadonlySet<PathId>): Promise<readonly string[]> {
  const wrong: string[] = [];
  const live = [...plane.cluster.tasks.values()].filter(({ sighting }) => sighting.lastStatus !== 'STOPPED').length;
  const agents = await plane.state.agents.list();
  const claims = agents.flatMap((agent) => claimsOf(agent.claims.value)).length;
  if (claims !== live) wrong.push(`${claims} claims for ${live} tasks`);
  const stale = (await plane.state.instances.listQueue()).filter((id) => !apps.has(id));
  if (stale.length > 0) wrong.push(`queue entries of apps that are gone: ${stale}`);
  const dirty = await plane.state.coordination.listDirty();
  if (dirty.length > 0) wrong.push(`still marked: ${dirty.map(({ runSpec }) => runSpec)}`);
  return wrong;
}

/** All events of the log by their ids: readers drop repeats. */
export async function readLog({ eventLog }: ControlPlane): Promise<ReadonlyMap<string, MarathonEvent>> {
  const head = await eventLog.head();
  const logged = new Map<string, MarathonEvent>();
  for (let at = 0; at < head; ) {
    const page = await eventLog.read(at, head);
    for (const { id, event } of page) logged.set(id, event);
    at = page.at(-1)?.number ?? head;
  }
  return logged;
}

/** What must have been told, whoever wrote it: every outbox, the end of each deployment, each instance that runs. */
async function judgeEvents(plane: ControlPlane, apps: ReadonlySet<PathId>): Promise<readonly string[]> {
  const wrong: string[] = [];
  const logged = await readLog(plane);
  const lost = [...plane.monitor.announced()].filter((id) => !logged.has(id));
  if (lost.length > 0) wrong.push(`${lost.length} announced events were never published, e.g. ${lost[0]}`);

  const events = [...logged.values()];
  const { value: root } = await plane.state.definitions.readRoot();
  const ends = new Set(
    events.filter(({ eventType }) => /^deployment_(success|failed)$/.test(eventType)).map((event) => event['id']),
  );
  const untold = root.recent.filter(({ deployment }) => !ends.has(deployment));
  if (untold.length > 0) wrong.push(`nobody was told of the end of ${untold.length} deployments`);
  const told = new Set(
    events.flatMap((event) =>
      event.eventType === 'instance_changed_event' ? `${event['instanceId']} ${event['condition']}` : [],
    ),
  );
  for (const id of apps) {
    for (const { value } of await plane.state.instances.list(id)) {
      const said = told.has(`${value.id} ${value.condition}`);
      if (!said) wrong.push(`nobody was told that ${value.id} is ${value.condition}`);
    }
  }
  return wrong;
}

/** The history tells of every deployment that ended, and how it did. */
async function judgeHistory({ state, monitor }: ControlPlane): Promise<readonly string[]> {
  const recorded = new Map<string, DeploymentEnd | undefined>();
  let after: string | undefined;
  do {
    const page = await state.deploymentHistory.list(A_PAGE, after);
    for (const { id, end } of page.records) recorded.set(id, end);
    after = page.next;
  } while (after !== undefined);
  return [...monitor.deployments.ends()].flatMap(([id, end]) => {
    const known = recorded.get(id);
    return isDeepStrictEqual(known, end)
      ? []
      : [`deployment ${id} ${end.outcome}, and its record says ${known?.outcome}`];
  });
}
