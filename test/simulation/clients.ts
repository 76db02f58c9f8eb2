import * as z from 'zod';
import type { DeploymentId } from '../../lib/model/ids.ts';
import { type PathId, resolvePathId } from '../../lib/model/path-id.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { ControlPlane } from './control-plane.ts';
import { treeText } from './tree-watch.ts';
import { bodyOf, STACK, STACK_APPS, type Version, versionOf, versionOfSpec, type Wanted } from './wanted.ts';

/** A client waits longer than any invocation lives: afterwards a request without an answer does nothing any more. */
const CLIENT_TIMEOUT = 31_000;
/** For so long after a count was wanted a late or repeated decision may still go by it. */
const REMEMBERED = 5 * 60_000;
/** A command that nothing else has, so that everything is replaced. */
const REPAIRED = 9;
const DEADLINE = 'stride-deployment-deadline';

/** How a change is asked for. */
export interface Manner {
  readonly force: boolean;
  /** As the header has it; absent: none. */
  readonly deadline?: string;
}

/** Requests for one app that overlap, and what it may be when none is under way. */
interface Story {
  open: number;
  /** What may hold; more than one only after answers that leave it open, or requests at the same time. */
  possible: readonly Version[];
  /** Instances with a defect may live on where a forced change has left them. */
  wasDefective: boolean;
  acknowledged: readonly Version[];
  /** Requests without an answer, and what a rollback brought back meanwhile. */
  unanswered: readonly Version[];
}

const appList = z.object({ apps: z.array(z.object({ id: z.string(), version: z.string() })) });

const mostOf = (versions: readonly Version[]): number => Math.max(0, ...versions.map(({ most }) => most));

/** Clients that change and read apps at the same time, and remember what they were told. */
export function createClients(plane: ControlPlane) {
  const stories = new Map<PathId, Story>();
  const open = new Set<Promise<void>>();
  const wrong = new Set<string>();
  const wantedLately = new Map<PathId, readonly { readonly at: Instant; readonly most: number }[]>();
  const { deployments } = plane.monitor;

  function storyOf(app: PathId): Story {
    const story = stories.get(app) ?? {
      open: 0,
      possible: [versionOf(undefined)],
      wasDefective: false,
      acknowledged: [],
      unanswered: [],
    };
    stories.set(app, story);
    return story;
  }

  /** How many instances there may be goes by the largest count that was wanted lately. */
  function allow(app: PathId, versions: readonly Version[]): void {
    const now = plane.clock.now();
    const most = mostOf(versions);
    const lately = (wantedLately.get(app) ?? []).filter((_, index, all) => {
      const next = all[index + 1];
      return next === undefined || now - next.at < REMEMBERED;
    });
    wantedLately.set(app, [...lately, { at: now, most }]);
    plane.monitor.allowInstances(app, Math.max(...lately.map((one) => one.most), most));
  }

  const send = (...request: Parameters<ControlPlane['request']>): Promise<number | undefined> =>
    Promise.race([
      plane.request(...request).then(({ status }) => status),
      plane.clock.sleep(CLIENT_TIMEOUT).then(() => undefined),
    ]);

  function whileOpen(work: Promise<void>): void {
    open.add(work);
    void work.finally(() => open.delete(work));
  }

  function begin(app: PathId, wanted: Version): Story {
    const story = storyOf(app);
    story.open += 1;
    story.wasDefective ||= wanted.isDefective;
    allow(app, [...story.possible, ...story.acknowledged, ...story.unanswered, wanted]);
    return story;
  }

  function answered(app: PathId, story: Story, wanted: Version, status: number | undefined): void {
    story.open -= 1;
    if (status === 200 || status === 201) story.acknowledged = [...story.acknowledged, wanted];
    else if (status === undefined || status >= 500) story.unanswered = [...story.unanswered, wanted];
    if (story.open > 0) return;
    story.possible = [...(story.acknowledged.length > 0 ? story.acknowledged : story.possible), ...story.unanswered];
    story.acknowledged = [];
    story.unanswered = [];
    // What was refused is not wanted: it counts no longer than what was wanted before.
    allow(app, story.possible);
  }

  /** One request that changes several apps, all or none. */
  async function change(wanted: ReadonlyMap<string, Wanted>, work: () => Promise<number | undefined>): Promise<void> {
    const begun = [...wanted].map(([name, one]) => {
      const app = resolvePathId(name);
      const version = versionOf(one);
      return { app, version, story: begin(app, version) };
    });
    const status = await work();
    for (const { app, version, story } of begun) answered(app, story, version, status);
  }

  /** From the moment at which a rollback counts, what was before is wanted again. */
  deployments.whenUndone((app, spec) => {
    const story = storyOf(app);
    const back = versionOfSpec(spec);
    if (story.open > 0) story.unanswered = [...story.unanswered, back];
    else story.possible = [back];
    allow(app, [...story.possible, ...story.acknowledged, ...story.unanswered]);
  });

  const query = ({ force }: Manner) => ({ force: String(force) });
  const headers = ({ deadline }: Manner): Record<string, string> =>
    deadline === undefined ? {} : { [DEADLINE]: deadline };

  function put(app: string, wanted: NonNullable<Wanted>, how: Manner): void {
    const body = bodyOf(app, wanted);
    const sent = () => send('PUT', `/v2/apps${app}`, body, query(how), headers(how));
    whileOpen(change(new Map([[app, wanted]]), sent));
  }

  return {
    put,
    /** The whole of the three layers in one deployment. */
    putStack(wanted: NonNullable<Wanted>, how: Manner): void {
      const apps = STACK_APPS.map((id) => ({ id, ...bodyOf(id, wanted) }));
      const sent = () => send('PUT', `/v2/groups/${STACK}`, { id: STACK, apps }, query(how), headers(how));
      whileOpen(change(new Map(STACK_APPS.map((id) => [id, wanted])), sent));
    },
    removeStack(how: Manner): void {
      const sent = () => send('DELETE', `/v2/groups/${STACK}`, undefined, query(how), headers(how));
      whileOpen(change(new Map(STACK_APPS.map((id) => [id, undefined])), sent));
    },
    /** Replaces instances and changes nothing else. */
    restart(app: string, how: Manner): void {
      const sent = send('POST', `/v2/apps${app}/restart`, undefined, query(how), headers(how));
      whileOpen(sent.then(() => undefined));
    },
    remove(app: string, how: Manner): void {
      const sent = () => send('DELETE', `/v2/apps${app}`, undefined, query(how), headers(how));
      whileOpen(change(new Map([[app, undefined]]), sent));
    },
    /** Undoes one of the deployments that run, or with force only ends it. */
    deleteDeployment(nth: number, force: boolean): void {
      const running = deployments.running();
      const id = running[nth % Math.max(1, running.length)];
      if (id === undefined) return;
      deployments.asks(id as DeploymentId, force);
      whileOpen(send('DELETE', `/v2/deployments/${id}`, undefined, { force: String(force) }).then(() => undefined));
    },
    /** Reads all apps: they must be those of one root of the time of the request. */
    read(): void {
      const from = plane.clock.now();
      const read = plane.request('GET', '/v2/apps').then(({ status, json }) => {
        if (status !== 200) return;
        const text = treeText(appList.parse(json).apps);
        const right = plane.monitor.treesBetween(from, plane.clock.now()).has(text);
        if (!right) wrong.add(`a reader saw what no root ever said: ${text}`);
      });
      whileOpen(Promise.race([read, plane.clock.sleep(CLIENT_TIMEOUT)]));
    },
    /** Puts something sound in the place of whatever may never come to its end. */
    repair(): void {
      const sound = { instances: 2, command: REPAIRED, strategy: 0, defect: 'none' } as const;
      for (const [app, { possible, wasDefective }] of stories)
        if (wasDefective && possible.some(({ text }) => text !== 'none')) put(app, sound, { force: true });
    },
    waiting: (): boolean => open.size > 0,
    wrong: (): readonly string[] => [...wrong],
    /** What each app may be when no request is under way. */
    possible: (): ReadonlyMap<PathId, readonly string[]> =>
      new Map([...stories].map(([app, { possible }]) => [app, possible.map(({ text }) => text)])),
  };
}

export type Clients = ReturnType<typeof createClients>;
