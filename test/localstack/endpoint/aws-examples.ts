import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import type { ServiceName } from './static-schema.ts';

/** One of AWS's own examples of a call: from its API models, which the SDK prints into its declarations. */
export interface AwsExample {
  readonly title: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly answer: unknown;
}

const PACKAGES = {
  ecs: 'client-ecs',
  ec2: 'client-ec2',
  ebs: 'client-ebs',
  events: 'client-eventbridge',
  logs: 'client-cloudwatch-logs',
} as const;

/** The examples of an operation; most have one or two, some none. */
export async function readExamples(service: ServiceName, operation: string): Promise<readonly AwsExample[]> {
  const entry = import.meta.resolve(`@aws-sdk/${PACKAGES[service]}`);
  const file = new URL(`../dist-types/commands/${operation}Command.d.ts`, entry);
  const lines = (await readFile(fileURLToPath(file), 'utf8')).split('\n').map((line) => line.replace(/^ \* ?/, ''));
  const parts = lines.join('\n').split('@example ').slice(1);
  return parts.flatMap((part) => {
    const [, title = ''] = /^([^\n]+)\n/.exec(part) ?? [];
    const [, input] = /const input = (\{.*?\n?\});\nconst command/s.exec(part) ?? [];
    const [, answer] = /\/\* response is\n(.*?)\n\*\\\/\n/s.exec(part) ?? [];
    if (title.trim() === '' || input === undefined || answer === undefined) return [];
    return [{ title: title.trim(), input: toRecord(evaluate(input)), answer: evaluate(answer) }];
  });
}

/** The declarations write JavaScript literals, with `*\/` where a comment ends. */
function evaluate(literal: string): unknown {
  const value: unknown = runInNewContext(`(${literal.replaceAll('*\\/', '*/')})`);
  // From the other context's prototypes to this one's.
  return JSON.parse(JSON.stringify(value));
}

function toRecord(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error('an example without input');
  return { ...value };
}

/** Every member in a value, at any depth, by path: `tasks[].taskArn`. Members of list items count together. */
export function memberPaths(value: unknown, path = ''): ReadonlySet<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((item) => [...memberPaths(item, `${path}[]`)]));
  if (typeof value !== 'object' || value === null || value instanceof Date) return new Set();
  return new Set(
    Object.entries(value).flatMap(([name, member]) => {
      if (member === undefined) return [];
      const here = path === '' ? name : `${path}.${name}`;
      return [here, ...memberPaths(member, here)];
    }),
  );
}
