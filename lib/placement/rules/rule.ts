import type { LaunchRequest } from '../launch-request.ts';
import type { RefusingRule } from './refusing-rule.ts';

/** One reason why an agent cannot take an instance. */
export type Rule = RefusingRule<LaunchRequest>;
