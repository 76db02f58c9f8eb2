/**
 * `npm run bench:placement`: the placement engine on a fixed input, checked; `--full` runs the whole matrix. `--write`
 * and `--read` are the processes of the stored snapshot.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { median } from '../median.ts';
import { ALL_CELLS, type Cell, NAMED_CELLS, nameOf } from './cells.ts';
import { type CellRun, runCell } from './run-cell.ts';
import { runSpecialCases } from './special-cases.ts';
import { measureStoredSnapshot, readStoredSnapshot, writeStoredSnapshot } from './stored-snapshot.ts';

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    json: { type: 'string' },
    write: { type: 'string' },
    read: { type: 'string' },
  },
});

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

async function measureAll(cells: readonly Cell[], rounds: number) {
  const stored = await measureStoredSnapshot(import.meta.url, rounds);
  const runs = new Map<string, CellRun[]>();
  const specials = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const cell of cells) runs.set(nameOf(cell), [...(runs.get(nameOf(cell)) ?? []), runCell(cell)]);
    for (const [name, ms] of Object.entries(runSpecialCases())) specials.set(name, [...(specials.get(name) ?? []), ms]);
  }
  const cases = [...specials].map(([name, times]) => ({ case: name, ms: rounded(median(times)) }));
  const peakMiB = Math.round(process.resourceUsage().maxRSS / 1_024);
  return { rounds, stored, cells: [...runs].map(([cell, of]) => summary(cell, of)), cases, peakMiB };
}

function summary(cell: string, of: readonly CellRun[]) {
  const wallMs = median(of.map((run) => run.wallMs));
  const micros = (pick: (run: CellRun) => number | undefined) => {
    const all = of.flatMap((run) => pick(run) ?? []);
    return all.length === 0 ? {} : { value: rounded(median(all)) };
  };
  const { placed, unplaced, reasons, violations, overCommitted, skew, avoidableSkew, occupiedRatio } =
    of[0] ?? fail(cell);
  return {
    cell,
    wallMs: rounded(wallMs),
    perSecond: Math.round((placed / wallMs) * 1_000),
    p50Micros: micros(({ p50 }) => p50).value,
    p99Micros: micros(({ p99 }) => p99).value,
    placed,
    unplaced,
    reasons,
    violations,
    overCommitted,
    skew,
    avoidableSkew,
    occupiedRatio: rounded(occupiedRatio),
  };
}

function fail(cell: string): never {
  throw new Error(`${cell} did not run`);
}

if (values.write !== undefined) writeStoredSnapshot(values.write);
else if (values.read !== undefined) readStoredSnapshot(values.read);
else {
  const rounds = Number(values.rounds);
  const result = await measureAll(values.full ? ALL_CELLS : NAMED_CELLS, rounds);
  console.table(result.cells.map(({ reasons, ...rest }) => rest));
  console.table(result.cases);
  console.log(
    'stored snapshot of 10,000 agents and 100,000 instances decoded, indexed, 1,000 placed, in its own process:',
  );
  console.table(result.stored);
  console.log(`median of ${rounds} interleaved runs; peak memory of all in one process ${result.peakMiB} MiB`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
}
