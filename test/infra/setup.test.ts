import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cureOf, ensureInstalled, isInstalled, SetupError } from '../../localstack/setup/ensure-installed.mjs';
import { PATIENCE } from '../setup/patience.ts';

const SETUP = fileURLToPath(new URL('../../localstack/setup/', import.meta.url));

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'setup-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

function write(path: string, text: string): string {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), text);
  return join(root, path);
}

describe('isInstalled', () => {
  const wanted = { '': { name: 'it' }, 'node_modules/a': { version: '1.0.0' } };
  const lock = (packages: object) => JSON.stringify({ packages });

  test.each<[string, object, object | undefined, boolean]>([
    ['nothing is there', wanted, undefined, false],
    ['all is there', wanted, { 'node_modules/a': { version: '1.0.0' } }, true],
    ['more is there', wanted, { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } }, true],
    ['another version is there', wanted, { 'node_modules/a': { version: '1.0.1' } }, false],
    ['a package lacks', wanted, {}, false],
    ['one for another system lacks', { 'node_modules/a': { version: '1.0.0', optional: true } }, {}, true],
  ])('when %s', (_name, locked, installed, expected) => {
    write('package-lock.json', lock(locked));
    if (installed !== undefined) write('node_modules/.package-lock.json', lock(installed));
    expect(isInstalled(root)).toBe(expected);
  });
});

describe('ensureInstalled', () => {
  /** A stand-in for npm, started as npm starts us: by the path in npm_execpath. */
  function fakeNpm(body: string): void {
    vi.stubEnv('npm_execpath', write('npm.js', `const fs = require('node:fs');\n${body}`));
    write('package-lock.json', '{"packages":{}}');
  }

  test('installs what is missing, once', () => {
    vi.spyOn(console, 'log').mockReturnValue();
    fakeNpm(`
      fs.appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n');
      fs.mkdirSync('node_modules/node/bin', { recursive: true });
      fs.writeFileSync('node_modules/node/bin/node', '');
      fs.writeFileSync('node_modules/.package-lock.json', '{"packages":{}}');`);
    const node = join(root, 'node_modules/node/bin/node');
    expect(ensureInstalled(root)).toBe(node);
    expect(ensureInstalled(root)).toBe(node);
    expect(readFileSync(join(root, 'calls'), 'utf8')).toBe('ci --include=dev --no-audit --no-fund --loglevel=error\n');
  });

  test('passes on what npm said last, and says what to do', () => {
    vi.spyOn(console, 'log').mockReturnValue();
    fakeNpm("console.error('npm error code ENOSPC\\nnpm error no space left on device'); process.exitCode = 1;");
    expect(() => ensureInstalled(root)).toThrow(SetupError);
    expect(() => ensureInstalled(root)).toThrow(/npm error no space left on device\nThe disk is full/);
  });

  test('says so when npm cannot be started', () => {
    vi.spyOn(console, 'log').mockReturnValue();
    write('package-lock.json', '{"packages":{}}');
    vi.stubEnv('npm_execpath', undefined);
    vi.stubEnv('PATH', root);
    expect(() => ensureInstalled(root)).toThrow(/npm could not be started: .*ENOENT\nnpm comes with Node/);
  });

  test('names a lock file that cannot be read', () => {
    write('node_modules/.package-lock.json', '{}');
    write('package-lock.json', '{"packages":');
    expect(() => ensureInstalled(root)).toThrow(/package-lock\.json could not be read/);
  });
});

test.each([
  ['npm error code ENOTFOUND', 'The package registry was not reached'],
  ['npm error code EACCES', 'Files could not be written'],
  ['npm error code E401', 'The package registry refused'],
  ['npm error code E404', 'The package registry lacks a package'],
  ['npm error code EUSAGE', 'package.json and package-lock.json disagree'],
  ['npm error code EINTEGRITY', 'A download was damaged'],
  ['npm error something new', 'Run "npm ci" by hand'],
])('cureOf %s', (output, cure) => {
  expect(cureOf(output)).toContain(cure);
});

describe('runProgram', () => {
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  /** Starts a program through run-program.mjs in a process of its own; `log` is what the program wrote. */
  function launch(program: string): { parent: ChildProcess; log: () => string; exit: Promise<number | null> } {
    const log = join(root, 'log');
    const main = write(
      'main.mjs',
      `import { appendFileSync } from 'node:fs';\nconst log = (text) => appendFileSync(${JSON.stringify(log)}, text + '\\n');\n${program}`,
    );
    cpSync(SETUP, join(root, 'setup'), { recursive: true });
    const launcher = write(
      'launch.mjs',
      `import { runProgram } from './setup/run-program.mjs';\nprocess.exitCode = await runProgram(process.execPath, [${JSON.stringify(main)}]);\n`,
    );
    const parent = spawn(process.execPath, [launcher], { stdio: 'ignore' });
    started.push(parent);
    const exit = new Promise<number | null>((resolve) => parent.once('exit', resolve));
    return { parent, log: () => (existsSync(log) ? readFileSync(log, 'utf8') : ''), exit };
  }

  const WAITS = "setInterval(() => {}, 1000); log('ready');";
  const patience = { timeout: PATIENCE, interval: 20 };

  test('passes the exit code on', async () => {
    expect(await launch('process.exitCode = 7;').exit).toBe(7);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('gives %s to the program exactly once', async (signal) => {
    const { parent, log, exit } = launch(
      `process.on('${signal}', () => { log('${signal}'); setTimeout(() => process.exit(3), 100); }); ${WAITS}`,
    );
    await vi.waitFor(() => expect(log()).toBe('ready\n'), patience);
    // A terminal and npm both pass the key press on.
    parent.kill(signal);
    parent.kill(signal);
    expect(await exit).toBe(3);
    expect(log()).toBe(`ready\n${signal}\n`);
  });

  test('tells of a program that a signal ended', async () => {
    expect(await launch("process.kill(process.pid, 'SIGKILL');").exit).toBe(137);
  });

  test('ends the program when the launcher is killed', async () => {
    const { parent, log } = launch(`process.on('SIGTERM', () => { log('ended'); process.exit(); }); ${WAITS}`);
    await vi.waitFor(() => expect(log()).toBe('ready\n'), patience);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(log()).toBe('ready\nended\n'), patience);
  });

  test('a program that has nothing left to do ends', async () => {
    expect(await launch("log('done');").exit).toBe(0);
  });
});
