import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../lib/gateways/memory-store.ts';
import type { DeploymentRecord } from '../../../lib/model/deployment.ts';
import { createState } from '../../../lib/state/state.ts';
import { aDeploymentPlan } from '../../fixtures/a-deployment-plan.ts';
import { EPOCH } from '../../fixtures/an-app.ts';

describe('the history of deployments', () => {
  const { id, version } = aDeploymentPlan();
  const begun: DeploymentRecord = { id, version };
  const ended: DeploymentRecord = { id, version, end: { at: EPOCH + 5_000, outcome: 'succeeded' } };

  it.for([
    ['its end', [begun, ended], ended],
    ['its end, when its beginning is told late or again', [ended, begun, ended, begun], ended],
    ['its beginning', [begun, begun], begun],
  ] as const)('keeps of a deployment %s', async ([, told, kept]) => {
    const history = createState(createMemoryStore(), 'stride').deploymentHistory;
    for (const record of told) await history.put(record);
    expect(await history.list(10)).toEqual({ records: [kept] });
  });
});
