import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { PATIENCE } from '../setup/patience.ts';
import { local } from './local-command.ts';
import { appOf } from './running-stride.ts';
import { strideForSuite } from './stride-for-suite.ts';

const WAIT = { timeout: PATIENCE, interval: 50 };

/** Prints, and then what it is given, until it is told to end. */
const ECHO = {
  id: '/echo',
  cpus: 0.1,
  mem: 16,
  cmd: 'echo first; echo; echo "an error" >&2; : > said; tail -n +1 -f said & wait',
};

describe('files of tasks, through the whole local system', () => {
  const stride = strideForSuite();
  let task: { readonly id: string; readonly host: string };

  beforeAll(async () => {
    await stride.request('POST', '/v2/apps', ECHO);
    task = await vi.waitFor(async () => {
      const [running] = (await appOf(stride, '/echo')).tasks.filter(({ state }) => state === 'TASK_RUNNING');
      if (running === undefined) throw new Error('no task runs');
      return running;
    }, WAIT);
  });

  const sandbox = () => join(stride.dataDirectory, 'agents', task.host, 'tasks', task.id);
  const say = (line: string) => appendFile(join(sandbox(), 'said'), `${line}\n`);
  const read = (query = '', name = 'stdout') =>
    stride.request('GET', `/stride/v1/tasks/${task.id}/files/${name}${query}`);
  const offsetOf = ({ headers }: { readonly headers: Headers }) =>
    encodeURIComponent(headers.get('stride-next-offset') ?? '');
  const printed = (expected: string) =>
    vi.waitFor(async () => {
      const answer = await read();
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: expected });
      return answer;
    }, WAIT);

  it('tells what was printed, and from an offset on what is new', async () => {
    const first = await printed('first\n\n');
    expect(first.headers.get('content-type')).toBe('text/plain');
    await say('second');
    await printed('first\n\nsecond\n');
    expect((await read(`?offset=${offsetOf(first)}`)).text).toBe('second\n');
    expect((await read('?offset=end&limit=1')).text).toBe('second\n');
    expect((await read('', 'stderr')).text).toBe('an error\n');
  });

  it('follows: it answers as soon as there is more', async () => {
    const before = await read();
    const more = read(`?follow=true&offset=${offsetOf(before)}`);
    await say('third');
    expect((await more).text).toBe('third\n');
  });

  it('names the files that there are, and the tasks that there are not', async () => {
    const other = await read('', 'passwd');
    expect(other.status).toBe(404);
    expect(other.json).toEqual({
      message: `Task '${task.id}' has no file 'passwd': there is stdout and stderr.`,
    });
    expect((await read('', '..%2f..%2fstdout')).status).toBe(404);
    const unknown = await stride.request('GET', '/stride/v1/tasks/echo.instance-0-0-0-0-0._app.1/files/stdout');
    expect(unknown.status).toBe(404);
  });

  it('still tells it when task and app are gone, and after a restart, as long as the sandbox is there', async () => {
    const path = `/stride/v1/tasks/${task.id}/files/stdout`;
    await stride.request('DELETE', '/v2/apps/echo');
    await vi.waitFor(async () => {
      const { json } = await stride.request('GET', '/v2/apps/echo/tasks');
      expect(json).toMatchObject({ message: "App '/echo' does not exist" });
    }, WAIT);
    const expected = 'first\n\nsecond\nthird\n';
    await vi.waitFor(async () => expect((await stride.request('GET', path)).text).toBe(expected), WAIT);

    await stride.restart();
    expect((await stride.request('GET', path)).text).toBe(expected);
    expect(await local(stride, 'log', task.id)).toEqual(expect.arrayContaining(['second', 'third', 'an error']));

    await rm(sandbox(), { recursive: true });
    // The tick may still have to hear that the task has ended.
    await vi.waitFor(async () => {
      const { status, json } = await stride.request('GET', path);
      expect(status).toBe(404);
      expect(json).toMatchObject({ message: expect.stringContaining('nothing that it printed is kept') });
    }, WAIT);
  });
});
