import type { PlannedChange } from '../../lib/deployment/plan-change.ts';
import type { ApiResponse } from './http.ts';
import { presentDeploymentResult } from './presenters/deployment.ts';

/** On every answer that started a deployment: some clients look nowhere else (clients.md, row 11). */
export const deploymentHeader = ({ plan }: PlannedChange) => ({ 'Marathon-Deployment-Id': plan.id });

/** The answer to a write that started a deployment. */
export function deploymentAnswer(change: PlannedChange, status = 200, headers = {}): ApiResponse {
  return {
    status,
    headers: { ...deploymentHeader(change), ...headers },
    json: presentDeploymentResult(change.plan.version, change.plan.id),
  };
}
