import type { DeploymentDeadline, DeploymentStep } from '../model/deployment.ts';
import type { DeploymentId } from '../model/ids.ts';
import type { RunSpecDefinition } from '../model/run-spec.ts';
import { fromTimestamp, type Instant } from '../model/timestamp.ts';
import type { Violation } from '../schema/rules/violation.ts';
import type { DeploymentView } from './advance.ts';

/** A deadline as a writer asks for it: one, expressly none, or nothing said. */
export type AskedDeadline = DeploymentDeadline | 'none' | undefined;

/** The label of apps and pods that gives the deployments which change them a deadline. */
const DEADLINE_LABEL = 'STRIDE_DEPLOYMENT_DEADLINE';

/** A month: a deployment that takes longer is watched by nobody. */
const MAX_SECONDS = 31 * 24 * 3600;
const FORM = /^\s*(\d{1,7})\s*;\s*(rollback|fail)\s*$/;

/** What a deadline looks like, for messages. */
export const DEADLINE_FORM = `<seconds>;rollback or <seconds>;fail with 1 to ${MAX_SECONDS} seconds, or none. Example: 600;rollback`;

/** Reads `600;rollback`, `600;fail` or `none`; undefined when the text is none of them. */
export function parseDeadline(text: string): DeploymentDeadline | 'none' | undefined {
  if (text.trim() === 'none') return 'none';
  const [, digits, action] = FORM.exec(text) ?? [];
  const seconds = Number(digits);
  if (!(seconds >= 1 && seconds <= MAX_SECONDS)) return undefined;
  return { seconds, action: action === 'fail' ? 'fail' : 'rollback' };
}

/** The labels of definitions that are no deadlines. */
export function deadlineViolations(specs: readonly RunSpecDefinition[]): readonly Violation[] {
  return specs.flatMap(({ id, labels }): readonly Violation[] => {
    const label = labels[DEADLINE_LABEL];
    if (label === undefined || parseDeadline(label) !== undefined) return [];
    return [[`/labels/${DEADLINE_LABEL}`, `'${label}' of ${id} is not of the form ${DEADLINE_FORM}`]];
  });
}

const strictest = (a: DeploymentDeadline, b: DeploymentDeadline): DeploymentDeadline =>
  a.seconds < b.seconds || (a.seconds === b.seconds && a.action === 'rollback') ? a : b;

/**
 * The deadline of a deployment: what its writer asks for, else the shortest that the labels of what it changes name
 * (`rollback` before `fail`), else the configured one, which a label `none` turns off.
 */
export function chooseDeadline(
  asked: AskedDeadline,
  specs: readonly RunSpecDefinition[],
  configured: DeploymentDeadline | undefined,
): DeploymentDeadline | undefined {
  if (asked !== undefined) return asked === 'none' ? undefined : asked;
  const named = specs.flatMap(({ labels }) => parseDeadline(labels[DEADLINE_LABEL] ?? '') ?? []);
  const deadlines = named.filter((one) => one !== 'none');
  if (deadlines.length > 0) return deadlines.reduce(strictest);
  return named.length > 0 ? undefined : configured;
}

/** A deployment that is not done by its deadline. */
export interface OverdueDeployment {
  readonly id: DeploymentId;
  readonly deadline: DeploymentDeadline;
  /** The one that it is at. */
  readonly step: DeploymentStep;
}

/** Which deployments are past their deadlines now, and when the next one will be. */
export interface JudgedDeadlines {
  readonly overdue: readonly OverdueDeployment[];
  readonly dueAt: Instant | undefined;
}

/** Holds running deployments against their deadlines; one with all steps done has kept it. */
export function judgeDeadlines(deployments: readonly DeploymentView[], now: Instant): JudgedDeadlines {
  const overdue: OverdueDeployment[] = [];
  let dueAt: Instant | undefined;
  for (const { plan, step } of deployments) {
    const { id, version, deadline } = plan;
    const present = plan.steps[step];
    if (deadline === undefined || present === undefined) continue;
    const end = fromTimestamp(version) + deadline.seconds * 1000;
    if (end <= now) overdue.push({ id, deadline, step: present });
    else dueAt = Math.min(dueAt ?? end, end);
  }
  return { overdue, dueAt };
}
