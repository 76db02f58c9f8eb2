/** `npm run bench:api`: the API under load beside a bare server of the same objects, and the whole local path. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { median } from '../median.ts';
import { measureLocalPath } from './local-path.ts';
import { type PreparedRead, prepareRead, READ_CELLS, type Window } from './reads.ts';
import { startTarget, type Target } from './target.ts';
import { POST_SIZES, postWindow, putWindow, WRITE_ANSWERS, writersWindow } from './writes.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    json: { type: 'string' },
    'skip-local': { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const rounded = (value: number): number => Number(value.toPrecision(3));

/** Windows of a cell and of its floor, one of each a round. */
type Pair = readonly [system: Window, floor: Window];

function toRow(cell: string, pairs: readonly Pair[]) {
  const of = (side: 0 | 1, figure: keyof Window): number => median(pairs.map((pair) => pair[side][figure]));
  return {
    cell,
    perSecond: rounded(of(0, 'perSecond')),
    floorPerSecond: rounded(of(1, 'perSecond')),
    ratio: rounded(median(pairs.map(([system, floor]) => system.perSecond / floor.perSecond))),
    cpuMs: rounded(of(0, 'cpuMs')),
    floorCpuMs: rounded(of(1, 'cpuMs')),
    cpuRatio: rounded(median(pairs.map(([system, floor]) => floor.cpuMs / system.cpuMs))),
  };
}

/** Each system once, though several cells read it. */
function createSystems(target: Target) {
  const ports = new Map<string, Promise<number>>();
  return (apps: number, running = false): Promise<number> => {
    const key = `${apps} ${running}`;
    const port = ports.get(key) ?? target.system({ apps, running });
    ports.set(key, port);
    return port;
  };
}

type Systems = ReturnType<typeof createSystems>;

async function measureReads(target: Target, systems: Systems) {
  const prepared: PreparedRead[] = [];
  for (const cell of READ_CELLS) {
    prepared.push(await prepareRead(target, await systems(cell.contents.apps, cell.contents.running), cell));
  }
  const pairs = new Map<string, Pair[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, system, floor } of prepared) {
      pairs.set(name, [...(pairs.get(name) ?? []), [await system(), await floor()]]);
    }
  }
  return [...pairs].map(([name, all]) => toRow(name, all));
}

async function measureWrites(target: Target, systems: Systems) {
  const floor = await target.floor(WRITE_ANSWERS);
  const pairs = new Map<string, Pair[]>();
  const add = (name: string, pair: Pair): unknown => pairs.set(name, [...(pairs.get(name) ?? []), pair]);
  const writers: number[] = [];
  await postWindow(target, await target.system({ apps: 0, running: false }), rounds);
  for (let round = 0; round < rounds; round += 1) {
    for (const size of POST_SIZES) {
      // The empty one must be empty each time; a few more apps make no difference to the others.
      const port = size === 0 ? await target.system({ apps: 0, running: false }) : await systems(size);
      add(`POST /v2/apps, ${size} apps`, [
        await postWindow(target, port, round),
        await postWindow(target, floor, round),
      ]);
    }
    const large = await systems(10_000);
    add('PUT instances, 10000 apps', [await putWindow(target, large, round), await putWindow(target, floor, round)]);
    writers.push(await writersWindow(large, round));
    await target.endDeployments(large);
  }
  const rows = [...pairs].map(([name, all]) => toRow(name, all));
  const cpuOf = (size: number): number =>
    rows.find(({ cell }) => cell === `POST /v2/apps, ${size} apps`)?.cpuMs ?? Number.NaN;
  return {
    rows,
    postGrowth: rounded(cpuOf(10_000) / cpuOf(0)),
    writersMs: rounded(median(writers)),
  };
}

const target = await startTarget();
try {
  const systems = createSystems(target);
  const reads = await measureReads(target, systems);
  console.table(reads);
  const { rows, postGrowth, writersMs } = await measureWrites(target, systems);
  console.table(rows);
  console.log(`POST at 10000 apps takes ${postGrowth} of the CPU time that it takes in an empty system`);
  console.log(`50 writers of different apps at once, 10000 apps: all succeeded, the last after ${writersMs} ms`);
  const local = values['skip-local'] ? undefined : await measureLocalPath();
  if (local !== undefined) console.table(local);
  console.log(`median of ${rounds} interleaved rounds; ratio: requests each second against the floor's`);
  const result = { rounds, reads, writes: rows, postGrowth, writersMs, ...(local === undefined ? {} : { local }) };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  await target.stop();
}
