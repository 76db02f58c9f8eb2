// Plain JavaScript for Node 20 without packages: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const OLDEST_NODE = 20;
/** The first Node that runs TypeScript files and has node:sqlite, both as they are. */
const PROJECT_NODE = 24;
const SHOWN_LINES = 15;

/** What stops the set-up, with the cure; shown to people as it is. */
export class SetupError extends Error {}

/**
 * Makes sure that the packages in node_modules are those of package-lock.json, installing them if not.
 * @param {string} root folder of package.json
 * @returns {string} the Node to run the project with
 */
export function ensureInstalled(root) {
  if (major(process.versions.node) < OLDEST_NODE) {
    throw new SetupError(
      `Node ${OLDEST_NODE} or newer is needed to set up; this is ${process.version}.\n` +
        'Install one (https://nodejs.org, or your version manager) and run the command again.',
    );
  }
  if (!isInstalled(root)) install(root);
  return projectNode(root);
}

/**
 * Compares npm's own note of what it installed with the lock file. npm writes the note last, and begins
 * `npm ci` by removing it, so an interrupted installation does not count as one.
 * @param {string} root
 */
export function isInstalled(root) {
  const note = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(note)) return false;
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(note);
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    const found = present[path];
    // Optional packages are for other systems: npm leaves them out here.
    return found === undefined ? optional === true : found.version === version;
  });
}

/** @param {string} root */
function install(root) {
  console.log('Installing what package-lock.json names (npm ci); this takes about half a minute…');
  const started = Date.now();
  // Under `npm start` this is the npm that runs us; else the one on the PATH.
  const npm = process.env['npm_execpath'];
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const run = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, encoding: 'utf8' })
    : spawnSync('npm', args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (run.error !== undefined) {
    throw new SetupError(
      `npm could not be started: ${run.error.message}\nnpm comes with Node: install both and see that "npm --version" answers.`,
    );
  }
  if (run.status !== 0) {
    const output = `${run.stdout}${run.stderr}`.trimEnd();
    throw new SetupError(
      `npm ci failed${run.signal === null ? '' : ` (${run.signal})`}. Its last lines:\n` +
        output
          .split('\n')
          .slice(-SHOWN_LINES)
          .map((line) => `  ${line}`)
          .join('\n') +
        `\n${cureOf(output)}`,
    );
  }
  console.log(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/**
 * What to do about a failed `npm ci`, by the codes that npm prints.
 * @param {string} output
 */
export function cureOf(output) {
  /** @type {[RegExp, string][]} */
  const cures = [
    [/ENOSPC/, 'The disk is full: make room (about 600 MB) and run the command again.'],
    [
      /EACCES|EPERM|EROFS/,
      'Files could not be written: see who owns this folder and npm’s cache (npm config get cache).',
    ],
    [
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|network/i,
      'The package registry was not reached: check the network, the proxy, and "npm config get registry".',
    ],
    [/E40[13]\b/, 'The package registry refused: check your login and "npm config get registry".'],
    [/E404|ETARGET/, 'The package registry lacks a package: check "npm config get registry".'],
    [/EUSAGE|in sync/, 'package.json and package-lock.json disagree: run "npm install" and keep the new lock file.'],
    [/EINTEGRITY/, 'A download was damaged: run "npm cache verify" and then the command again.'],
  ];
  return cures.find(([pattern]) => pattern.test(output))?.[1] ?? 'Run "npm ci" by hand to see everything it says.';
}

/**
 * The Node that came with the packages, else this one if it will do.
 * @param {string} root
 */
function projectNode(root) {
  const installed = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(installed)) return installed;
  if (major(process.versions.node) >= PROJECT_NODE) return process.execPath;
  throw new SetupError(
    `Node ${PROJECT_NODE} is needed, and the package "node" that brings it did not run its install script.\n` +
      'Allow it (npm config get ignore-scripts must be false), remove node_modules, and run the command again.',
  );
}

/** @param {string} version */
function major(version) {
  return Number.parseInt(version, 10);
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch (error) {
    throw new SetupError(`${file} could not be read: ${error instanceof Error ? error.message : error}`);
  }
}
