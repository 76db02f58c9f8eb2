import { idOf } from './fixed-apps.ts';
import { type Answer, type Asked, load } from './load.ts';
import type { Contents } from './system.ts';
import type { Target } from './target.ts';

const CONNECTIONS = 16;
const WARM_UP_MS = 400;
const WINDOW_MS = 600;

/** Something that is read from a system that does not change. */
export interface ReadCell {
  readonly contents: Contents;
  readonly path: string;
}

const EMBEDS = '?embed=apps.tasks&embed=apps.taskStats&embed=apps.readiness&embed=apps.lastTaskFailure';
const idle = (apps: number): Contents => ({ apps, running: false });

export const READ_CELLS: readonly ReadCell[] = [
  ...[100, 1_000, 10_000].flatMap((apps) =>
    ['', EMBEDS].map((query) => ({ contents: idle(apps), path: `/v2/apps${query}` })),
  ),
  { contents: { apps: 1_000, running: true }, path: '/v2/apps' },
  { contents: { apps: 1_000, running: true }, path: `/v2/apps${EMBEDS}` },
  { contents: idle(10_000), path: `/v2/apps${idOf(7)}` },
  { contents: idle(10_000), path: '/v2/groups' },
];

function nameOf({ contents, path }: ReadCell): string {
  const shown = path.replace(EMBEDS, ' with embeds');
  return `GET ${shown}, ${contents.apps} apps${contents.running ? ', one instance each' : ''}`;
}

/** One window of load. */
export interface Window {
  readonly perSecond: number;
  /** Of the server's process, for each request; other load on the machine hardly shows in it. */
  readonly cpuMs: number;
}

/** A cell with its floor: the same objects from a bare server of the same process. */
export interface PreparedRead {
  readonly name: string;
  system(): Promise<Window>;
  floor(): Promise<Window>;
}

function countIds(text: string): number {
  return text.split('"id":"/team-').length - 1;
}

/** Asks once, checks what is shown, and warms both servers up. */
export async function prepareRead(target: Target, port: number, cell: ReadCell): Promise<PreparedRead> {
  const asked: Asked = { method: 'GET', path: cell.path };
  let first: Answer | undefined;
  const take = (answer: Answer): void => {
    first ??= answer;
  };
  await load({ port, connections: 1, request: () => asked, check: take, count: 1, milliseconds: WINDOW_MS });
  const text = first?.body.toString() ?? '';
  const listed = cell.path.includes('service') ? 1 : cell.contents.apps;
  if (first?.status !== 200 || countIds(text) < listed) throw new Error(`${nameOf(cell)}: ${text.slice(0, 300)}`);
  const floorPort = await target.floor({ [`GET ${cell.path}`]: { status: 200, json: JSON.parse(text) } });
  const size = first.body.length;

  async function window(at: number, milliseconds: number): Promise<Window> {
    // Statistics tell how long an instance has run, in as many digits as that takes.
    const tolerance = cell.contents.running ? size * 0.02 : 0;
    const check = ({ status, body }: Answer): void => {
      if (status !== 200 || Math.abs(body.length - size) > tolerance) {
        throw new Error(`${nameOf(cell)}: ${status}, ${body.length} bytes instead of ${size}`);
      }
    };
    const before = await target.cpu();
    const options = { port: at, connections: CONNECTIONS, request: () => asked, check };
    const run = await load({ ...options, count: Number.POSITIVE_INFINITY, milliseconds });
    const cpuMs = ((await target.cpu()) - before) / run.requests;
    return { perSecond: (run.requests / run.milliseconds) * 1_000, cpuMs };
  }

  await window(port, WARM_UP_MS);
  await window(floorPort, WARM_UP_MS);
  return {
    name: nameOf(cell),
    system: () => window(port, WINDOW_MS),
    floor: () => window(floorPort, WINDOW_MS),
  };
}
