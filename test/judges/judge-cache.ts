import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from './programs.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, '.cache', 'judges');
const REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url));
const DCOSCLI_REQUIREMENTS = fileURLToPath(new URL('./requirements-dcoscli.txt', import.meta.url));
const DYNAMODB_LOCAL = fileURLToPath(new URL('./dynamodb-local.pom.xml', import.meta.url));
const FETCH_LIMIT_MS = 300_000;

/** A judge that cannot be had, with the cure: the suite fails, it is not skipped. */
class JudgeError extends Error {
  override readonly name = 'JudgeError';
}

/** Programs of the Python packages that `requirements.txt` pins: a name gives its path. */
export function pythonPrograms(): Promise<(name: string) => string> {
  return pythonEnvironment('python', REQUIREMENTS, [['-r', REQUIREMENTS]]);
}

/** Python with the packages that `requirements-dcoscli.txt` pins, which the client does not ask for by itself. */
export async function dcosCliPython(): Promise<string> {
  const program = await pythonEnvironment('dcoscli', DCOSCLI_REQUIREMENTS, [
    // What builds the packages, some of which are sources of long ago.
    ['-c', DCOSCLI_REQUIREMENTS, 'setuptools', 'wheel'],
    ['--no-build-isolation', '--no-deps', '-r', DCOSCLI_REQUIREMENTS],
  ]);
  return program('python');
}

/** A virtual environment in which pip has installed, step by step. */
async function pythonEnvironment(
  name: string,
  requirements: string,
  steps: readonly (readonly string[])[],
): Promise<(name: string) => string> {
  const python = process.platform === 'win32' ? 'python' : 'python3';
  const home = await provide(name, readFileSync(requirements, 'utf8'), async (directory) => {
    await need(python, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))'], 'Python 3.10 or newer with venv');
    await need(python, ['-m', 'venv', directory], 'Python’s venv module (Debian: python3-venv)');
    for (const step of steps) {
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', ...step];
      await need(programOf(directory, 'python'), pip, 'a package index that pip reaches (pip config list)');
    }
  });
  return (program) => programOf(home, program);
}

function programOf(home: string, name: string): string {
  return process.platform === 'win32' ? join(home, 'Scripts', `${name}.exe`) : join(home, 'bin', name);
}

/** The folder with DynamoDB Local's archives and its native libraries. */
export async function dynamoDbLocalLibraries(): Promise<string> {
  return provide('dynamodb-local', readFileSync(DYNAMODB_LOCAL, 'utf8'), async (directory) => {
    await need('java', ['-version'], 'Java 17 or newer');
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${directory}`];
    await need('mvn', ['-q', '-B', '-f', DYNAMODB_LOCAL, ...goal], 'Maven, and a repository that it reaches');
  });
}

/** The Go program of a folder with a module, built; its path. */
export async function goProgram(source: string): Promise<string> {
  const files = readdirSync(source).toSorted();
  const recipe = files.map((file) => readFileSync(join(source, file), 'utf8')).join('\0');
  const name = process.platform === 'win32' ? 'program.exe' : 'program';
  const home = await provide('go', recipe, async (directory) => {
    await need('go', ['version'], 'Go 1.21 or newer');
    const build = ['build', '-C', source, '-mod=readonly', '-o', join(directory, name), '.'];
    await need('go', build, 'a Go module proxy that go reaches (go env GOPROXY)');
  });
  return join(home, name);
}

/** The folder of a judge, filled once for each recipe; the mark in it is written last. */
async function provide(name: string, recipe: string, fill: (directory: string) => Promise<void>): Promise<string> {
  const hash = createHash('sha256').update(recipe).digest('hex').slice(0, 12);
  const directory = join(CACHE, `${name}-${hash}`);
  const mark = join(directory, 'complete');
  if (existsSync(mark)) return directory;
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await fill(directory);
  await writeFile(mark, '');
  return directory;
}

async function need(command: string, args: readonly string[], what: string): Promise<void> {
  const { code, output } = await runToEnd(command, args, { timeoutMs: FETCH_LIMIT_MS }).catch((cause: unknown) => {
    throw new JudgeError(`This suite needs ${what}; ${command} could not be started: ${String(cause)}`, { cause });
  });
  if (code === 0) return;
  const tail = output.trimEnd().split('\n').slice(-12).join('\n  ');
  throw new JudgeError(`This suite needs ${what}; "${command} ${args.join(' ')}" ended with ${code}:\n  ${tail}`);
}
