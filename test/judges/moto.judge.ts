import { beforeAll, describe, expect, it } from 'vitest';
import { differencesOf } from './answer-shape.ts';
import { makeDiskCalls } from './disk-calls.ts';
import { makeEcsCalls } from './ecs-calls.ts';
import { MOTO_DIFFERENCES } from './moto-differences.ts';
import { type Side, startMoto, startOurs } from './moto-sides.ts';
import { createRecorder, type Outcome, type Outcomes } from './recorder.ts';

/** Lists of these are told as one of them. */
const ENTITIES = ['cluster', 'containerInstance', 'task', 'taskDefinition'];

async function outcomesOf(start: () => Promise<Side>): Promise<Outcomes> {
  const side = await start();
  try {
    const recorder = createRecorder();
    await makeEcsCalls(side, recorder);
    await makeDiskCalls(side, recorder);
    return recorder.outcomes;
  } finally {
    await side.close();
  }
}

function compare(theirs: Outcome | undefined, ours: Outcome): readonly string[] {
  if (theirs === undefined) return ['never asked of them'];
  if (theirs.kind === 'answer' && ours.kind === 'answer') return differencesOf(theirs.shape, ours.shape).map(asEntity);
  const [their, our] = [theirs, ours].map((each) => (each.kind === 'error' ? each.name : 'answer'));
  return their === our ? [] : [`${their} for them, ${our} for us`];
}

function asEntity(line: string): string {
  const entity = ENTITIES.find((name) => line.startsWith(`${name}s[].`));
  return entity === undefined ? line : entity + line.slice(`${entity}s[]`.length);
}

/** moto (a widely used double of AWS) and our endpoints answer one script: what differs is explained, line by line. */
describe('moto and the local cloud', () => {
  let theirs: Outcomes;
  let ours: Outcomes;
  let found: readonly string[];

  beforeAll(async () => {
    theirs = await outcomesOf(startMoto);
    ours = await outcomesOf(startOurs);
    found = [...ours].flatMap(([call, outcome]) =>
      compare(theirs.get(call), outcome).map((difference) => `${call}: ${difference}`),
    );
    console.log(`${ours.size} calls, ${found.length} differences`);
  });

  const explained = MOTO_DIFFERENCES.flatMap(({ calls, differences }) =>
    calls.flatMap((call) => differences.map((difference) => `${call}: ${difference}`)),
  );

  it('were asked the same', () => {
    expect([...theirs.keys()]).toEqual([...ours.keys()]);
  });

  it('differ in nothing that is not explained', () => {
    expect(found.filter((line) => !explained.includes(line))).toEqual([]);
  });

  it('still differ in all that is explained', () => {
    expect(explained.filter((line) => !found.includes(line))).toEqual([]);
    expect(new Set(explained).size).toBe(explained.length);
  });
});
