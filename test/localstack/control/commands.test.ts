import { appendFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { LocalCloud } from '../../../localstack/cloud/local-cloud.ts';
import { runCommand } from '../../../localstack/control/commands.ts';
import { readControlFile } from '../../../localstack/control/control-file.ts';
import { aLocalCloud, aStackAssembly } from '../cloud/a-stack.ts';
import { aDirectory } from '../template/an-assembly.ts';

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

test.each<[string, readonly string[], string]>([
  ['an unknown host', ['agent', 'kill', 'nobody'], 'no agent nobody; there are 127.0.0.11'],
  ['an agent without ports', ['agent', 'add', 'new'], 'with ports that no other agent has'],
  ['a wrong number', ['agent', 'add', 'new', '--ports', '1-2', '--cpus', 'many'], 'cpus'],
  ['a missing argument', ['agent', 'kill'], 'the command takes 1 argument, not 0'],
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
    timeout: 15_000,
    interval: 100,
  });
  const [letter] = (await run('queue', 'show', 'dead')).lines;
  expect(letter).toContain('"detail-type":"Test Change"');
}, 20_000);

test('log prints what a task wrote, and follows it', async () => {
  const sandbox = join(cloud.dataDirectory, 'agents', '127.0.0.11', 'tasks', 'app.instance-1._app.1');
  await mkdir(sandbox, { recursive: true });
  await writeFile(join(sandbox, 'stdout'), 'out\n');
  await writeFile(join(sandbox, 'stderr'), 'err\n');
  expect(await run('log', 'app.instance-1._app.1')).toMatchObject({ out: 'out\n', error: 'err\n' });
  expect(await run('log', 'app.inst')).toMatchObject({ out: 'out\n' });
  await mkdir(`${sandbox}0`);
  await expect(run('log', 'app.inst')).rejects.toThrow('2 task ids begin with app.inst: give more of it');

  const address = readControlFile(cloud.dataDirectory);
  const client = new AbortController();
  const { body } = await fetch(`${address?.url}/tasks/app.instance-1._app.1/log?follow=true`, {
    headers: { authorization: `Bearer ${address?.token}` },
    signal: client.signal,
  });
  let followed = '';
  for await (const chunk of body ?? []) {
    followed += Buffer.from(chunk).toString();
    if (followed === 'out\n') await appendFile(join(sandbox, 'stdout'), 'more\n');
    if (followed === 'out\nmore\n') break;
  }
  client.abort();
  expect(followed).toBe('out\nmore\n');
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
  expect((await run('--help')).lines[0]).toContain('agent kill HOST');
  expect((await run()).lines[0]).toContain('log TASK [--follow]');
});
