import * as z from 'zod';
import { type PathId, resolvePathId } from '../../lib/model/path-id.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { ControlPlane } from './control-plane.ts';
import { CHECK } from './health-watch.ts';
import { treeText } from './tree-watch.ts';

/** A client waits longer than any invocation lives: afterwards a request without an answer does nothing any more. */
const CLIENT_TIMEOUT = 31_000;
/** For so long after a count was wanted a late or repeated decision may still go by it. */
const REMEMBERED = 5 * 60_000;
/** No more than one above what is wanted, never below half of it. */
const UPGRADE = { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 };

/** The app that has a health check. */
const CHECKED = '/group/c';

/** A definition as clients give it; undefined: none. */
export type Wanted = { readonly instances: number; readonly command: number } | undefined;

const mostOf = (wanted: readonly Wanted[]): number => Math.max(0, ...wanted.map((one) => one?.instances ?? 0));

export const commandOf = (command: number): string => `./serve --version ${command}`;

/** Requests for one app that overlap, and what it may be when none is under way. */
interface Story {
  open: number;
  /** What may hold; more than one only after answers that leave it open, or requests at the same time. */
  possible: readonly Wanted[];
  acknowledged: readonly Wanted[];
  unanswered: readonly Wanted[];
}

const appList = z.object({ apps: z.array(z.object({ id: z.string(), version: z.string() })) });

/** Clients that change and read apps at the same time, and remember what they were told. */
export function createClients(plane: ControlPlane) {
  const stories = new Map<string, Story>();
  const open = new Set<Promise<void>>();
  const wrong = new Set<string>();
  const wantedLately = new Map<string, readonly { readonly at: Instant; readonly count: number }[]>();

  /** How many instances there may be goes by the largest count that was wanted lately. */
  function allow(app: string, count: number): void {
    const now = plane.clock.now();
    const lately = (wantedLately.get(app) ?? []).filter((_, index, all) => {
      const next = all[index + 1];
      return next === undefined || now - next.at < REMEMBERED;
    });
    wantedLately.set(app, [...lately, { at: now, count }]);
    const most = Math.max(...lately.map((one) => one.count), count);
    plane.monitor.allowInstances(resolvePathId(app), most + 1);
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

  async function change(app: string, wanted: Wanted, work: () => Promise<number | undefined>): Promise<void> {
    const story = stories.get(app) ?? { open: 0, possible: [undefined], acknowledged: [], unanswered: [] };
    stories.set(app, story);
    story.open += 1;
    allow(app, mostOf([...story.possible, ...story.acknowledged, ...story.unanswered, wanted]));
    const status = await work();
    story.open -= 1;
    if (status === 200 || status === 201) story.acknowledged = [...story.acknowledged, wanted];
    else if (status === undefined || status >= 500) story.unanswered = [...story.unanswered, wanted];
    if (story.open > 0) return;
    story.possible = [...(story.acknowledged.length > 0 ? story.acknowledged : story.possible), ...story.unanswered];
    story.acknowledged = [];
    story.unanswered = [];
    // What was refused is not wanted: it counts no longer than what was wanted before.
    allow(app, mostOf(story.possible));
  }

  return {
    put(app: string, wanted: NonNullable<Wanted>, force: boolean): void {
      const { instances, command } = wanted;
      const healthChecks = app === CHECKED ? [CHECK] : [];
      const body = { cmd: commandOf(command), instances, cpus: 0.5, mem: 64, healthChecks, upgradeStrategy: UPGRADE };
      whileOpen(change(app, wanted, () => send('PUT', `/v2/apps${app}`, body, { force: String(force) })));
    },
    /** Replaces instances and changes nothing else. */
    restart: (app: string): void => whileOpen(send('POST', `/v2/apps${app}/restart`).then(() => undefined)),
    remove: (app: string): void => whileOpen(change(app, undefined, () => send('DELETE', `/v2/apps${app}`))),
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
    waiting: (): boolean => open.size > 0,
    wrong: (): readonly string[] => [...wrong],
    /** What each app may be when no request is under way. */
    possible: (): ReadonlyMap<PathId, readonly Wanted[]> =>
      new Map([...stories].map(([app, { possible }]) => [resolvePathId(app), possible])),
  };
}

export type Clients = ReturnType<typeof createClients>;
