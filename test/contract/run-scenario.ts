import { expect, vi } from 'vitest';
import { differences } from './match.ts';
import type { Expectation, Scenario, Step } from './scenario.ts';

/** What a scenario runs against. */
export interface Target {
  /** Without a slash at its end. */
  readonly url: string;
  /** It is no Stride: what differs on purpose is not judged. */
  readonly isMarathon: boolean;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const WAIT = { timeout: 60_000, interval: 50 };

/** Puts the values of names into all texts: `${group}`. */
function filled<T>(value: T, values: ReadonlyMap<string, string>): T;
function filled(value: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
      const known = values.get(name);
      if (known === undefined) throw new Error(`nothing is kept under the name ${name}`);
      return known;
    });
  }
  if (Array.isArray(value)) return value.map((one: unknown) => filled(one, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [filled(key, values), filled(one, values)]));
}

async function send({ url }: Target, { send: line, headers = {}, body, raw }: Step): Promise<Answer> {
  const [method = '', path = ''] = line.split(' ');
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const answer = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: { ...(text === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(text === undefined ? {} : { body: text }),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON is a difference like any other.
    return text;
  }
}

function judged({ status, headers, text }: Answer, wanted: Expectation): readonly string[] {
  const body = parsed(text);
  return [
    ...(status === wanted.status ? [] : [`status ${wanted.status} expected, not ${status}: ${text.slice(0, 600)}`]),
    ...Object.entries(wanted.headers ?? {}).flatMap(([name, one]) =>
      differences(one, headers.get(name), true).map((difference) => `header ${name}${difference}`),
    ),
    ...('json' in wanted ? differences(wanted.json, body, true) : []),
    ...('has' in wanted ? differences(wanted.has, body, false) : []),
    ...(wanted.text === undefined ? [] : differences(wanted.text, text, true)),
  ];
}

function valueAt({ headers, text }: Answer, place: string): string {
  const header = /^header:(.+)$/.exec(place)?.[1];
  if (header !== undefined) return headers.get(header) ?? '';
  let value = parsed(text);
  for (const key of place.split('/').slice(1)) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  }
  if (typeof value !== 'string') throw new Error(`no text at ${place}: ${text.slice(0, 600)}`);
  return value;
}

async function take(target: Target, step: Step): Promise<Answer> {
  const judge = (answer: Answer): void => {
    const isJudged = step.differs === undefined || !target.isMarathon;
    expect(isJudged ? judged(answer, step.expect) : [], `${step.send} (${step.source})`).toEqual([]);
  };
  if (step.until === undefined) {
    const answer = await send(target, step);
    judge(answer);
    return answer;
  }
  return vi.waitFor(async () => {
    const answer = await send(target, step);
    judge(answer);
    return answer;
  }, WAIT);
}

/** Takes the steps one after the other. `group`: a group of its own, which is deleted at the end. */
export async function runScenario(target: Target, { steps }: Scenario, group: string): Promise<void> {
  const safe = group.slice(1).replaceAll('/', '_');
  const values = new Map([
    ['group', group],
    ['name', group.slice(1)],
    ['safe', safe],
    ['url', target.url],
  ]);
  try {
    for (const step of steps) {
      const answer = await take(target, filled(step, values));
      for (const [name, place] of Object.entries(step.keep ?? {})) values.set(name, valueAt(answer, place));
    }
  } finally {
    await fetch(`${target.url}/v2/groups${group}?force=true`, { method: 'DELETE' });
  }
}
