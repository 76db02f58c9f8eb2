import { isHostField, valueAround } from '../constraints/field-value.ts';
import type { Agent } from '../model/agent.ts';

/** The value of a constraint's field at an agent, as `fieldValue`. */
export function agentValue({ facts, host }: Agent, field: string): string | undefined {
  return isHostField(field) ? host.host : valueAround(facts, field);
}
