import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { runChecks } from './checks/run-checks.ts';
import { readConfig } from './config.ts';
import { StrideStack } from './stacks/stride-stack.ts';

/** Name of the stack, and so of its template. */
const STACK = 'Stride';

export interface StrideAppProps {
  readonly outdir?: string;
  readonly context?: Readonly<Record<string, unknown>>;
  /** Hold the template against CloudFormation's schemas: takes some seconds. */
  readonly validate?: boolean;
}

/** The CDK app with its one stack. Without `outdir` and `context` both come from the CDK's command line. */
export function createStrideApp(props: StrideAppProps = {}): { readonly app: App; readonly stack: StrideStack } {
  const app = new App({
    ...(props.outdir !== undefined && { outdir: props.outdir }),
    ...(props.context !== undefined && { context: { ...props.context } }),
    analyticsReporting: false,
    builtinCloudFormationValidation: props.validate ?? true,
  });
  return { app, stack: new StrideStack(app, STACK, readConfig(app.node.getAllContext())) };
}

/** Synthesizes and checks the template. Throws with every violation; returns the template's path. */
export function synthesizeChecked(app: App): string {
  const { templateFullPath } = app.synth().getStackByName(STACK);
  const violations = runChecks(JSON.parse(readFileSync(templateFullPath, 'utf8')));
  if (violations.length > 0) throw new Error(`The template breaks our rules:\n  ${violations.join('\n  ')}`);
  return templateFullPath;
}
