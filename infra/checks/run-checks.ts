import { dataProtection } from './data-protection.ts';
import { fixedIntrinsics } from './fixed-intrinsics.ts';
import { leastPrivilege } from './least-privilege.ts';
import { logRetention } from './log-retention.ts';
import { noCustomResources } from './no-custom-resources.ts';
import { type Check, parseTemplate } from './template.ts';

const CHECKS: readonly Check[] = [noCustomResources, fixedIntrinsics, leastPrivilege, logRetention, dataProtection];

/** All violations of a synthesized template; synthesis fails on any. Throws when the value is no template. */
export function runChecks(template: unknown): string[] {
  const parsed = parseTemplate(template);
  return CHECKS.flatMap((check) => check(parsed));
}
