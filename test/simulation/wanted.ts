import type { RunSpec } from '../../lib/model/run-spec.ts';
import { CHECK } from './health-watch.ts';

/** The corners of the strategy, and what lies between them. */
export const STRATEGIES = [
  { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 },
  { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
  { minimumHealthCapacity: 1, maximumOverCapacity: 0 },
  { minimumHealthCapacity: 0, maximumOverCapacity: 1 },
  { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
  { minimumHealthCapacity: 0.85, maximumOverCapacity: 0.15 },
] as const;

/** Why an upgrade never comes to its end: it fits nowhere, its tasks end at once, or they fail their health checks. */
export type Defect = 'none' | 'large' | 'crashing' | 'sick';

/** A definition as clients give it; undefined: none. */
export type Wanted =
  | { readonly instances: number; readonly command: number; readonly strategy: number; readonly defect: Defect }
  | undefined;

/** Three layers: each app depends on the one before it. */
export const STACK = '/stack';
export const STACK_APPS = ['/stack/base', '/stack/middle', '/stack/top'] as const;

/** The apps that have a health check. */
const CHECKED = new Set(['/group/c', '/stack/base', '/stack/middle']);

/** The environment variable that tells the simulated ECS what is wrong with a task. */
const ENVIRONMENT = { none: {}, large: {}, crashing: { CRASHING: '1' }, sick: { SICK: '1' } };

function dependenciesOf(app: string): readonly string[] {
  const [before] = STACK_APPS.filter((_, index) => STACK_APPS[index + 1] === app);
  return before === undefined ? [] : [before];
}

const strategyOf = ({ strategy }: NonNullable<Wanted>) => STRATEGIES[strategy] ?? STRATEGIES[0];

/** Equal texts for equal definitions: everything that differs is in the command. */
const commandOf = ({ command, strategy, defect }: NonNullable<Wanted>): string =>
  `./serve --version ${command} --strategy ${strategy} --defect ${defect}`;

/** The body of a request. */
export const bodyOf = (app: string, wanted: NonNullable<Wanted>): object => ({
  cmd: commandOf(wanted),
  instances: wanted.instances,
  cpus: 0.5,
  mem: wanted.defect === 'large' ? 500_000 : 64,
  env: ENVIRONMENT[wanted.defect],
  healthChecks: CHECKED.has(app) ? [CHECK] : [],
  dependencies: dependenciesOf(app),
  upgradeStrategy: strategyOf(wanted),
});

/** What an app is or may be. */
export interface Version {
  readonly text: string;
  /** The most instances that it may have at a time. */
  readonly most: number;
  readonly isDefective: boolean;
}

const NONE: Version = { text: 'none', most: 0, isDefective: false };

const version = (instances: number, command: string, maximumOverCapacity: number): Version => ({
  text: `${instances} of ${command}`,
  most: Math.max(instances, Math.trunc(instances * (1 + maximumOverCapacity))) + 1,
  isDefective: !command.endsWith(' none'),
});

/** A definition as it was asked for. */
export const versionOf = (wanted: Wanted): Version =>
  wanted === undefined ? NONE : version(wanted.instances, commandOf(wanted), strategyOf(wanted).maximumOverCapacity);

/** A definition as it is kept. */
export const versionOfSpec = (spec: RunSpec | undefined): Version =>
  spec?.kind !== 'app' ? NONE : version(spec.instances, spec.cmd ?? '', spec.upgradeStrategy.maximumOverCapacity);
