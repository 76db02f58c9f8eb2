import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentEntry } from '../../../localstack/agents/agent-spec.ts';
import { loadAgentsFile } from '../../../localstack/agents/agents-file.ts';
import { defaultAgents } from '../../../localstack/agents/default-agents.ts';
import { settleAgents } from '../../../localstack/agents/settle-agents.ts';

const common = { region: 'local', cpus: 4, mem: 8192, disk: 20480, gpus: 0, disks: [], tags: {} };

describe('default agents', () => {
  test('three on Linux: own address, zone and rack each, the third public', () => {
    expect(defaultAgents(3, 'linux')).toEqual([
      { ...common, host: '127.0.0.11', zone: 'local-a', ports: ['31000-31332'], ...place('r1', 'local-a', ['*']) },
      { ...common, host: '127.0.0.12', zone: 'local-b', ports: ['31333-31666'], ...place('r2', 'local-b', ['*']) },
      {
        ...common,
        host: '127.0.0.13',
        zone: 'local-c',
        ports: ['31667-32000'],
        ...place('r3', 'local-c', ['*', 'slave_public']),
      },
    ]);
  });
  test('elsewhere one, localhost', () => {
    const [agent, ...others] = defaultAgents(3, 'darwin');
    expect([agent?.host, agent?.ports, others]).toEqual(['localhost', ['31000-32000'], []]);
  });
  test('as many as asked, while there are addresses', () => {
    expect(defaultAgents(5, 'linux').map((each) => each.host)).toEqual([
      '127.0.0.11',
      '127.0.0.12',
      '127.0.0.13',
      '127.0.0.14',
      '127.0.0.15',
    ]);
    expect(() => defaultAgents(245, 'linux')).toThrow('cannot be counted up past 127.0.0.254: lower "count"');
  });
});

function place(rack: string, zone: string, roles: string[]) {
  return { attributes: { rack, zone }, roles };
}

test('ports 31000-32000 are split without gap or overlap over agents that name none', () => {
  const counts = fc.integer({ min: 1, max: 1001 });
  fc.assert(
    fc.property(counts, (count) => {
      const entries = [agentEntry.parse({ host: 'own', ports: ['80', '5000-5001'] })];
      const open = Array.from({ length: count }, (_, index) => agentEntry.parse({ host: `h${index}` }));
      const [own, ...others] = settleAgents([...entries, ...open]);
      expect(own?.ports).toEqual(['80', '5000-5001']);
      const ranges = others.map((each) => each.ports[0]?.split('-').map(Number) ?? []);
      const begins = ranges.map(([begin]) => begin);
      const ends = ranges.map(([, end]) => Number(end));
      expect(begins).toEqual([31_000, ...ends.slice(0, -1).map((end) => end + 1)]);
      expect(ends.at(-1)).toBe(32_000);
    }),
    { numRuns: 25 },
  );
});

describe('agents file', () => {
  let directory: string;
  let file: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'stride-agents-'));
    file = join(directory, 'agents.json');
  });
  afterAll(() => rm(directory, { recursive: true }));
  const load = async (text: string) => {
    await writeFile(file, text);
    return loadAgentsFile(file);
  };

  test('defaults, copies of names and of addresses', async () => {
    const agents = await load(`[
      {"host": "node", "count": 2, "cpus": 0.5, "roles": ["web"], "attributes": {"rack": "r 9"}, "gpus": 1},
      {"host": "10.0.0.9", "count": 2, "zone": "local-b", "ports": ["8080"], "mem": 512, "tags": {"a": ""}}
    ]`);
    const node = { ...common, zone: 'local-a', cpus: 0.5, roles: ['web'], attributes: { rack: 'r 9' }, gpus: 1 };
    const other = {
      ...common,
      zone: 'local-b',
      ports: ['8080'],
      mem: 512,
      roles: ['*'],
      attributes: {},
      tags: { a: '' },
    };
    expect(agents).toEqual([
      { ...node, host: 'node-1', ports: ['31000-31499'] },
      { ...node, host: 'node-2', ports: ['31500-32000'] },
      { ...other, host: '10.0.0.9' },
      { ...other, host: '10.0.0.10' },
    ]);
  });

  test.each([
    ['no JSON', '[\n{"host": "a",]', /agents\.json is not JSON: .*line 2/],
    ['no list', '{}', /agents\.json:1: Invalid input: expected array/],
    ['an empty list', '[]', /:1: must name at least one agent/],
    ['no host', '[\n{"host": "a"},\n{"cpus": 1}]', /:3: agent 2, host: Invalid input: expected string/],
    ['a wrong type', '[{"host": "a",\n"cpus": "4"}]', /:2: agent 1, cpus: Invalid input: expected number/],
    [
      'an unknown field',
      '[{"host": "a",\n\n"cpu": 4}]',
      /:3: agent 1, cpu: there is no such field; the fields are host, zone,/,
    ],
    [
      'a nested one',
      '[{"host": "a", "ports": ["1",\n"9-2"]}]',
      /:2: agent 1, ports\.1: must be within 1-65535 and ascend/,
    ],
    ['a path trick', '[{"host": "../a"}]', /:1: agent 1, host: must be a host name or an IPv4 address/],
    [
      'an attribute ECS refuses',
      '[{"host": "a", "attributes":\n{"x": "é"}}]',
      /:2: agent 1, attributes\.x: must be 1-128 of/,
    ],
    [
      'a disk of a kind that there is not',
      '[{"host": "a", "disks": [{"type": "raw", "path": "/d", "size": 1}]}]',
      /agent 1, disks\.0\.type: /,
    ],
    [
      'a disk twice',
      '[{"host": "a", "disks": [{"type": "path", "path": "/d", "size": 1}, {"type": "mount", "path": "/d", "size": 1}]}]',
      /agent 1, disks: must have a path each/,
    ],
    ['one host twice', '[{"host": "a"},{"host": "a"}]', /agents\.json: host a is named twice/],
    ['no room left', '[{"host": "10.0.0.250", "count": 6}]', /agents\.json: host 10\.0\.0\.250 cannot be counted up/],
  ])('%s: names file, line, field and cure', async (_name, text, message) => {
    await expect(load(text)).rejects.toThrow(message);
  });

  test('every problem at once', async () => {
    const found = await load('[{"host": 1,\n"mem": -1}]').catch((error: Error) => error.message.split('\n'));
    expect(found).toEqual([expect.stringContaining(':1: agent 1, host'), expect.stringContaining(':2: agent 1, mem')]);
  });

  test('a file that is not there', async () => {
    await expect(loadAgentsFile(join(directory, 'none.json'))).rejects.toThrow(
      /cannot read the agents file .*none\.json/,
    );
  });
});
