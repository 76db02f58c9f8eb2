import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { PATIENCE } from '../setup/patience.ts';
import { appOf, runToEnd } from './running-stride.ts';
import { strideForSuite } from './stride-for-suite.ts';

const WAIT = { timeout: PATIENCE, interval: 50 };

describe('what a user can get wrong', () => {
  const stride = strideForSuite();
  afterAll(async () => expect((await stride.request('GET', '/ping')).text).toBe('pong'));

  it.each([
    { name: 'malformed JSON', method: 'POST', path: '/v2/apps', body: '{"id": ', status: 400, message: 'Invalid JSON' },
    {
      name: 'no body',
      method: 'POST',
      path: '/v2/apps',
      body: '',
      status: 400,
      message: 'Please specify data in JSON format',
    },
    {
      name: 'a wrong type',
      method: 'POST',
      path: '/v2/apps',
      body: '{"id":7,"cmd":"x"}',
      status: 422,
      message: 'Invalid JSON',
    },
    {
      name: 'a broken rule',
      method: 'POST',
      path: '/v2/apps',
      body: '{"id":"/a"}',
      status: 422,
      message: 'Object is not valid',
    },
    { name: 'an unknown route', method: 'GET', path: '/v2/nothing', status: 404, message: 'URI not found' },
    { name: 'a wrong method', method: 'DELETE', path: '/v2/apps', status: 405, message: 'Method Not Allowed' },
    {
      name: 'an unknown app',
      method: 'GET',
      path: '/v2/apps/nobody',
      status: 404,
      message: "App '/nobody' does not exist",
    },
  ])('$name: $status', async ({ method, path, body, status, message }) => {
    const answer = await stride.request(method, path, body);
    expect(answer).toMatchObject({ status, json: { message } });
  });

  it('a body of 10 MB is refused with the limit', async () => {
    const body = JSON.stringify({ id: '/big', cmd: 'x'.repeat(10 * 1024 * 1024) });
    const { status, json } = await stride.request('POST', '/v2/apps', body);
    expect(status).toBe(413);
    expect(json).toEqual({ message: expect.stringContaining('limit of 6291456 bytes (6 MB)') });
  });

  it('a command that does not exist fails visibly and backs off; the rest goes on', async () => {
    await stride.request('POST', '/v2/apps', { id: '/nope', cmd: 'exec /no/such/command', cpus: 0.1, mem: 10 });
    await vi.waitFor(async () => {
      expect((await appOf(stride, '/nope')).lastTaskFailure).toMatchObject({
        state: 'TASK_FAILED',
        message: expect.stringContaining('127'),
      });
    }, WAIT);
    await stride.request('POST', '/v2/apps', { id: '/fine', cmd: 'sleep 1000', cpus: 0.1, mem: 10 });
    await vi.waitFor(async () => expect((await appOf(stride, '/fine')).tasksRunning).toBe(1), WAIT);
    expect((await stride.request('DELETE', '/v2/apps/nope')).status).toBe(200);
  });

  it('an image without a container engine fails as on ECS, and says what to do', async () => {
    const app = { id: '/pulled', cpus: 0.1, mem: 32, container: { type: 'DOCKER', docker: { image: 'nginx' } } };
    expect((await stride.request('POST', '/v2/apps', app)).status).toBe(201);
    await vi.waitFor(async () => {
      expect((await appOf(stride, '/pulled')).lastTaskFailure).toMatchObject({
        state: 'TASK_ERROR',
        message: expect.stringMatching(/CannotPullContainerError: .*container engine/),
      });
    }, WAIT);
    expect((await stride.request('DELETE', '/v2/apps/pulled')).status).toBe(200);
  });

  it('an app that fits nowhere waits, and the rest goes on', async () => {
    await stride.request('POST', '/v2/apps', { id: '/huge', cmd: 'sleep 1000', cpus: 64, mem: 10 });
    await stride.request('POST', '/v2/apps', { id: '/small', cmd: 'sleep 1000', cpus: 0.1, mem: 10 });
    await vi.waitFor(async () => expect((await appOf(stride, '/small')).tasksRunning).toBe(1), WAIT);
    expect(await appOf(stride, '/huge')).toMatchObject({ tasksRunning: 0, tasksStaged: 0, deployments: [{}] });
  });

  it('a port in use is named with the way out', async () => {
    const port = new URL(stride.url).port;
    const { code, output } = await runToEnd(['--port', port, '--data', join(stride.directory, 'other')]);
    expect(code).toBe(1);
    expect(output).toMatch(new RegExp(`port ${port}.*in use.*--port`));
  });

  it('a data directory in use by another is named', async () => {
    const { code, output } = await runToEnd(['--port', '0', '--data', stride.dataDirectory]);
    expect(code).toBe(1);
    expect(output).toContain(stride.dataDirectory);
  });

  it('a data directory that cannot be written is named', async () => {
    const file = join(stride.directory, 'a-file');
    await writeFile(file, '');
    await chmod(file, 0o400);
    const { code, output } = await runToEnd(['--port', '0', '--data', join(file, 'data')]);
    expect(code).toBe(1);
    expect(output).toContain(join(file, 'data'));
    expect(output).toContain('--data');
  });

  it('a data directory that nobody could make is named too', async () => {
    const { code, output } = await runToEnd(['--port', '0', '--data', '/proc/stride/data']);
    expect(code).toBe(1);
    expect(output).toMatch(/\/proc\/stride\/data cannot be written .*--data/);
  });

  it.each([
    ['not JSON', '[{"host": ', /agents\.json/],
    [
      'a wrong field',
      '[\n {"host": "127.0.0.21"},\n {"host": "127.0.0.22", "cpus": "four"}\n]',
      /agents\.json.*3.*cpus/s,
    ],
  ])('an agents file with %s is named with line and field', async (_name, text, expected) => {
    const file = join(stride.directory, 'agents.json');
    await writeFile(file, text);
    const { code, output } = await runToEnd([
      '--port',
      '0',
      '--data',
      join(stride.directory, 'third'),
      '--agents',
      file,
    ]);
    expect(code).toBe(1);
    expect(output).toMatch(expected);
  });
});
