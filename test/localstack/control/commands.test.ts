import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import type { LocalCloud } from '../../../localstack/cloud/local-cloud.ts';
import { runCommand } from '../../../localstack/control/commands.ts';
import { PATIENCE } from '../../setup/patience.ts';
import { aLocalCloud, aStackAssembly } from '../cloud/a-stack.ts';
import { aDirectory } from '../template/an-assembly.ts';

/** Generous, for machines with a lot to do; a test goes on as soon as it can. */
const SOON = 10_000;

const undo: (() => Promise<void>)[] = [];
const later = (each: () => Promise<void>) => void undo.unshift(each);
let cloud: LocalCloud;
beforeAll(async () => {
  const [assembly, dataDirectory] = [await aStackAssembly(undefined, later), await aDirectory(later)];
  cloud = await aLocalCloud({ assembly, dataDirectory });
  later(() => cloud.stop());
});
afterAll(async () => {
  for (const each of undo) await each();
});

async function run(...argv: string[]) {
  const lines: string[] = [];
  const streams = { out: '', error: '' };
  await runCommand(
    ['--data', cloud.dataDirectory, ...argv],
    {},
    {
      print: (line) => lines.push(line),
      writeOut: (chunk) => {
        streams.out += Buffer.from(chunk).toString();
      },
      writeError: (chunk) => {
        streams.error += Buffer.from(chunk).toString();
      },
    },
  );
  return { lines, ...streams };
}

test('agent commands act on the machines of the running system', async () => {
  expect((await run('agent', 'ls')).lines).toEqual([
    'HOST        ZONE     STATUS  CPUS  MEM   ROLES  PORTS        ATTRIBUTES',
    '127.0.0.11  local-a  ACTIVE  4     8192  any    31000-32000  rack=r1 zone=local-a',
  ]);
  expect((await run('agent', 'drain', '127.0.0.11')).lines).toEqual([
    '127.0.0.11  local-a  DRAINING  4  8192  any  31000-32000',
  ]);
  expect((await run('agent', 'undrain', '127.0.0.11')).lines[0]).toContain('  ACTIVE  ');
  expect((await run('agent', 'disconnect', '127.0.0.11')).lines[0]).toContain('  ACTIVE, disconnected  ');
  expect((await run('agent', 'connect', '127.0.0.11')).lines[0]).toContain('  ACTIVE  ');
  expect((await run('agent', 'kill', '127.0.0.11')).lines[0]).toContain('  ACTIVE, killed  ');
  expect((await run('agent', 'return', '127.0.0.11')).lines[0]).toContain('  ACTIVE  ');
});

test('agent add takes a machine with its own ports, roles and attributes', async () => {
  const added = await run(
    'agent',
    'add',
    '127.0.0.99',
    '--ports',
    '32001-32010',
    '--role',
    '*',
    '--role',
    'slave_public',
    '--cpus',
    '2',
    '--mem',
    '1024',
    '--zone',
    'local-b',
    '--attribute',
    'rack=r9',
  );
  expect(added.lines).toEqual(['127.0.0.99  local-b  ACTIVE  2  1024  any slave_public  32001-32010']);
  expect((await run('agent', 'ls')).lines[2]).toMatch(/^127\.0\.0\.99 .* rack=r9$/);
  await expect(run('agent', 'add', '127.0.0.99', '--ports', '1-2')).rejects.toThrow(
    'host 127.0.0.99 is an agent already',
  );
});

test('agent add takes JSON, and files of one agent or several, with the line of a mistake', async () => {
  const json = '{"host": "127.0.0.98", "ports": ["32011-32020"], "gpus": 1, "tags": {"team": "a"}}';
  expect((await run('agent', 'add', json)).lines).toEqual(['127.0.0.98  local-a  ACTIVE  4  8192  any  32011-32020']);
  const file = join(cloud.dataDirectory, 'more.json');
  await writeFile(file, '[\n{"host": "h-1", "ports": ["32021"]},\n{"host": "h-2", "ports": ["32022"], "zone": "z"}\n]');
  expect((await run('agent', 'add', file)).lines).toEqual([
    'h-1  local-a  ACTIVE  4  8192  any  32021',
    'h-2  z  ACTIVE  4  8192  any  32022',
  ]);
  await writeFile(file, '{\n"host": "h-3",\n"cpus": "many"\n}');
  await expect(run('agent', 'add', file)).rejects.toThrow(`${file}:3: agent 1, cpus: `);
  await writeFile(file, '[\n{"host": "h-3"},\n{"host": "h-4", "colour": "blue"}\n]');
  await expect(run('agent', 'add', file)).rejects.toThrow(
    `${file}:3: agent 2, colour: there is no such field; the fields are host, zone,`,
  );
  expect((await run('agent', 'ls')).lines.filter((line) => /^h-[34]/.test(line))).toEqual([]);
});

test.each<[string, readonly string[], string]>([
  ['an unknown host', ['agent', 'kill', 'nobody'], 'no agent nobody; there are 127.0.0.11'],
  [
    'an agent with ports of another',
    ['agent', 'add', 'new', '--ports', '31990-32100'],
    'agent 127.0.0.11 has 31000-32000',
  ],
  ['an attribute without value', ['agent', 'add', 'new', '--attribute', 'rack'], '--attribute rack: give NAME=VALUE'],
  ['options beside JSON', ['agent', 'add', '{}', '--zone', 'a'], '--zone goes with a host: write it into the JSON'],
  ['JSON that is none', ['agent', 'add', '{'], 'JSON is not JSON'],
  ['JSON without a host', ['agent', 'add', '{\n"cpus": 1}'], 'JSON:1: agent 1, host: '],
  ['a file that is missing', ['agent', 'add', 'no/such.json'], 'cannot read no/such.json: '],
  ['an option of another command', ['agent', 'ls', '--times', '1'], 'agent ls takes no --times'],
  ['a slash mode that is none', ['gateway', 'slashes', 'lost'], 'MODE is one of kept, collapsed, decoded'],
  ['a fault that is none', ['fault', 'set', 'ecs:StartTask', 'lose'], 'lose does not happen to calls: give one of'],
  [
    'a wrong probability',
    ['fault', 'set', 'events', 'lose', '--probability', 'often'],
    '--probability must be a number',
  ],
  ['an unknown fault', ['fault', 'clear', 'f9'], 'no fault f9 stands; there are none'],
  ['an agent without ports', ['agent', 'add', 'new'], 'with ports that no other agent has'],
  ['a wrong number', ['agent', 'add', 'new', '--ports', '1-2', '--cpus', 'many'], 'cpus'],
  ['a missing argument', ['agent', 'kill'], 'agent kill takes 1 argument, not 0'],
  ['an unknown command', ['agent', 'dance'], 'there is no command agent dance'],
  ['an unknown option', ['agent', 'ls', '--loud'], "Unknown option '--loud'"],
  ['an unknown queue', ['queue', 'show', 'other'], 'there is no queue other; there are dead, events'],
  ['a task without sandbox', ['log', 'nobody.1'], 'no task nobody.1 has a sandbox in'],
  ['a detail that is no JSON', ['event', 'put', 'aws.test', 'Change', '{'], 'DETAIL is not JSON: {'],
])('%s is refused in plain words', async (_name, argv, problem) => {
  await expect(run(...argv)).rejects.toThrow(problem);
});

test('an event that its function cannot handle is found among the dead letters', async () => {
  const { lines } = await run('event', 'put', 'aws.test', 'Test Change', '{"n":{"toString":1}}');
  expect(lines).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  expect((await run('queue', 'ls')).lines[0]).toBe('QUEUE   WAITING  IN FLIGHT  DELAYED  DEAD LETTERS');
  await vi.waitFor(async () => expect((await run('queue', 'show', 'dead')).lines).toHaveLength(1), {
    timeout: PATIENCE,
    interval: 100,
  });
  const [letter] = (await run('queue', 'show', 'dead')).lines;
  expect(letter).toContain('"detail-type":"Test Change"');
}, 20_000);

test('log prints what a task wrote; to follow a task that has ended is to print it', async () => {
  const sandbox = join(cloud.dataDirectory, 'agents', '127.0.0.11', 'tasks', 'app.instance-1._app.1');
  await mkdir(sandbox, { recursive: true });
  await writeFile(join(sandbox, 'stdout'), 'out\n');
  await writeFile(join(sandbox, 'stderr'), 'err\n');
  expect(await run('log', 'app.instance-1._app.1')).toMatchObject({ out: 'out\n', error: 'err\n' });
  expect(await run('log', 'app.inst', '--follow')).toMatchObject({ out: 'out\n', error: 'err\n' });
  await mkdir(`${sandbox}0`);
  await expect(run('log', 'app.inst')).rejects.toThrow('2 task ids begin with app.inst: give more of it');
});

test('gateway slashes shows and changes what the gateway does with slashes', async () => {
  const path = async () => (await fetch(`${cloud.url}/v2/apps//a%2Fb//`)).text();
  expect((await run('gateway', 'slashes')).lines).toEqual(['kept']);
  expect(await path()).toBe('{"message":"no such route: /v2/apps//a%2Fb//"}');
  expect((await run('gateway', 'slashes', 'collapsed')).lines).toEqual(['collapsed']);
  expect(await path()).toBe('{"message":"no such route: /v2/apps/a%2Fb/"}');
  expect((await run('gateway', 'slashes', 'decoded')).lines).toEqual(['decoded']);
  expect(await path()).toBe('{"message":"no such route: /v2/apps//a/b//"}');
  expect((await run('gateway', 'slashes', 'kept')).lines).toEqual(['kept']);
});

test('aws limits shows and changes whether AWS’s request limits hold', async () => {
  expect((await run('aws', 'limits')).lines).toEqual(['off']);
  expect((await run('aws', 'limits', 'on')).lines).toEqual(['on']);
  expect((await run('aws', 'limits')).lines).toEqual(['on']);
  await expect(run('aws', 'limits', 'maybe')).rejects.toThrow('give on or off');
  expect((await run('aws', 'limits', 'off')).lines).toEqual(['off']);
});

describe('faults on the running system', () => {
  const seen = async () => z.record(z.string(), z.unknown()).parse(await (await fetch(`${cloud.url}/seen`)).json());
  const postJob = (name: string) => fetch(`${cloud.url}/jobs`, { method: 'POST', body: name });
  const struck = async () => (await run('fault', 'ls')).lines.slice(1).map((line) => line.split(/ {2,}/)[6]);
  afterEach(async () => {
    await run('fault', 'clear');
  });

  test('fault set, ls and clear show what stands', async () => {
    const head = 'ID  TARGET         FAULT     MS  PROBABILITY  SEED  STRUCK  ONLY';
    const set = await run('fault', 'set', 'ecs:StartTask', 'throttle', '--times', '3', '--probability', '0.5');
    const id = set.lines[1]?.split(' ')[0] ?? '';
    const first = `${id}  ecs:StartTask  throttle  -   0.5          1     0 of 3  -`;
    expect(set.lines).toEqual([head, first]);
    await run('fault', 'set', 'events', 'shuffle', '--source', 'aws.ecs', '--detail-type', 'ECS Task State Change');
    await run('fault', 'set', 'dynamodb:*', 'delay', '--ms', '1', '--caller', 'Api1', '--seed', '7');
    const { lines } = await run('fault', 'ls');
    expect(lines.map((line) => line.split(/ {2,}/).slice(1))).toEqual([
      ['TARGET', 'FAULT', 'MS', 'PROBABILITY', 'SEED', 'STRUCK', 'ONLY'],
      ['ecs:StartTask', 'throttle', '-', '0.5', '1', '0 of 3', '-'],
      ['events', 'shuffle', '1000', '1', '1', '0', 'source aws.ecs, detail-type ECS Task State Change'],
      ['dynamodb:*', 'delay', '1', '1', '7', '0', expect.stringMatching(/^caller \S*Api1\S*$/)],
    ]);
    expect((await run('fault', 'clear', id)).lines).toEqual([head, first]);
    expect((await run('fault', 'clear')).lines).toHaveLength(3);
    expect((await run('fault', 'ls')).lines).toHaveLength(1);
  });

  test('DynamoDB: a write without an answer is done, and repeated by the client', async () => {
    await run('fault', 'set', 'dynamodb:PutItem', 'timeout-after', '--times', '1', '--caller', 'Api1');
    expect((await postJob('once')).status).toBe(201);
    expect(await struck()).toEqual(['1 of 1']);
    await vi.waitFor(async () => expect(await seen()).toMatchObject({ 'seen#stream job#once': 'INSERT' }), SOON);
  });

  test('DynamoDB: only the caller’s calls are refused, and nothing is done', async () => {
    await run('fault', 'set', 'dynamodb:PutItem', 'fail-before', '--caller', 'Api1');
    expect((await postJob('never')).status).toBe(502);
    await run('event', 'put', 'aws.test', 'Test Change', '{"n":41}');
    await vi.waitFor(async () => expect(await seen()).toMatchObject({ 'seen#queue 41': 'Test Change' }), SOON);
    expect(await seen()).not.toHaveProperty(['seen#stream job#never']);
  });

  test('the endpoint: a throttled call is repeated by the client until the fault is used up', async () => {
    await run('fault', 'set', 'ecs:ListContainerInstances', 'throttle', '--times', '1');
    expect((await fetch(`${cloud.url}/agents`)).status).toBe(200);
    expect(await struck()).toEqual(['1 of 1']);
  });

  test('ECS: a stale list does not show what was added since', async () => {
    const agents = async () => z.array(z.string()).parse(await (await fetch(`${cloud.url}/agents`)).json()).length;
    const before = await agents();
    await run('fault', 'set', 'ecs:ListContainerInstances', 'stale', '--ms', '60000');
    await run('agent', 'add', 'h-5', '--ports', '32030');
    expect(await agents()).toBe(before);
    await run('fault', 'clear');
    expect(await agents()).toBe(before + 1);
  });

  test('events: lost ones never come, the others do', async () => {
    await run('fault', 'set', 'events', 'lose', '--times', '1', '--source', 'aws.test');
    await run('event', 'put', 'aws.test', 'Test Change', '{"n":51}');
    await run('event', 'put', 'aws.test', 'Test Change', '{"n":52}');
    await vi.waitFor(async () => expect(await seen()).toMatchObject({ 'seen#queue 52': 'Test Change' }), SOON);
    expect(await seen()).not.toHaveProperty(['seen#queue 51']);
  });
});

test('the control port is for the owner of the data directory only', async () => {
  expect((await stat(join(cloud.dataDirectory, 'control.json'))).mode & 0o777).toBe(0o600);
  const response = await fetch(`${cloud.controlUrl}/agents`, { headers: { authorization: 'Bearer wrong' } });
  expect([response.status, await response.json()]).toEqual([
    401,
    { message: 'give the token of control.json as a bearer token' },
  ]);
});

test('without a running local cloud a command says how to start one', async () => {
  const directory = await aDirectory();
  const none = { print() {}, writeOut() {}, writeError() {} };
  const problem = `no local cloud runs on ${directory}: start one with npm start, or name its directory with --data`;
  await expect(runCommand(['agent', 'ls'], { STRIDE_DATA_DIR: directory }, none)).rejects.toThrow(problem);
  await writeFile(join(directory, 'control.json'), JSON.stringify({ url: 'http://127.0.0.1:1', token: 't', pid: 1 }));
  await expect(runCommand(['agent', 'ls', '--data', directory], {}, none)).rejects.toThrow(problem);
});

test('--help and no command print the commands', async () => {
  const [help = ''] = (await run('--help')).lines;
  for (const command of [
    'agent kill HOST',
    'agent add JSON',
    'fault set events',
    'fault clear',
    'gateway slashes',
    'aws limits',
  ]) {
    expect(help).toContain(command);
  }
  expect((await run()).lines[0]).toContain('log TASK [--follow]');
});
