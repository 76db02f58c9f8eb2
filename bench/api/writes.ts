import { benchApp, idOf } from './fixed-apps.ts';
import { type Answer, type Asked, load } from './load.ts';
import type { Window } from './reads.ts';
import type { Target } from './target.ts';

/** Fewer than may run as deployments at a time; all are ended after each batch. */
const BATCH = 50;
const BATCHES = 4;
/** Sizes at which POST is measured. */
export const POST_SIZES = [0, 100, 1_000, 10_000] as const;
const WRITERS = 50;

function expectStatus(status: number): (answer: Answer) => void {
  return (answer) => {
    if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.body.toString()}`);
  };
}

/** Writes one after another over one connection: writers at the same time would measure how they wait for each other. */
async function window(target: Target, port: number, status: number, request: (n: number) => Asked): Promise<Window> {
  let [milliseconds, cpuMs, done] = [0, 0, 0];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const before = await target.cpu();
    const first = done;
    const run = await load({
      port,
      connections: 1,
      request: (index) => request(first + index),
      check: expectStatus(status),
      count: BATCH,
      milliseconds: Number.POSITIVE_INFINITY,
    });
    cpuMs += (await target.cpu()) - before;
    milliseconds += run.milliseconds;
    done += run.requests;
    await target.endDeployments(port);
  }
  return { perSecond: (done / milliseconds) * 1_000, cpuMs: cpuMs / done };
}

const post =
  (round: number) =>
  (index: number): Asked => ({
    method: 'POST',
    path: '/v2/apps',
    body: benchApp(`/new-${round}/app-${index}`, 0),
  });

export const postWindow = (target: Target, port: number, round: number): Promise<Window> =>
  window(target, port, 201, post(round));

/** Another number of instances for one app after another. */
export const putWindow = (target: Target, port: number, round: number): Promise<Window> =>
  window(target, port, 200, (index) => ({
    method: 'PUT',
    path: `/v2/apps${idOf(index)}`,
    body: { instances: round + 1 },
  }));

/** The answers that a floor gives to writes. */
export const WRITE_ANSWERS = {
  POST: { status: 201, json: { ...benchApp('/new/app', 0), version: '2021-03-02T08:00:00.000Z', deployments: [] } },
  PUT: { status: 200, json: { version: '2021-03-02T08:00:00.000Z', deploymentId: crypto.randomUUID() } },
};

/** So many writers of different apps at once; all must succeed. Milliseconds until the last has its answer. */
export async function writersWindow(port: number, round: number): Promise<number> {
  const request = (index: number): Asked => ({
    method: 'POST',
    path: '/v2/apps',
    body: benchApp(`/writers-${round}/app-${index}`, 0),
  });
  const check = expectStatus(201);
  const options = { port, connections: WRITERS, request, check, count: WRITERS };
  return (await load({ ...options, milliseconds: Number.POSITIVE_INFINITY })).milliseconds;
}
