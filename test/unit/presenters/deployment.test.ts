import { describe, expect, test } from 'vitest';
import { presentDeployment, presentDeploymentResult } from '../../../functions/api/presenters/deployment.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { aDeploymentPlan } from '../../fixtures/a-deployment-plan.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance } from '../../fixtures/an-instance.ts';

const json = (value: unknown): string => JSON.stringify(value, null, 1);
const ready = anInstance({ readiness: [{ name: 'ready', ready: true }] });
const instancesOf = () => [ready];
const plan = aDeploymentPlan();

describe('presentDeployment', () => {
  test('in its second step: every key, in order', () => {
    expect(json(presentDeployment(plan, { step: 1, began: [EPOCH] }, instancesOf))).toBe(
      json({
        id: '0b0a7f0e-6a0e-4a53-8f6b-6f5d5a3f9b11',
        steps: [
          { actions: [{ action: 'StartApplication', app: '/app' }] },
          { actions: [{ action: 'ScaleApplication', app: '/app' }] },
        ],
        version: '2021-03-02T08:00:00.000Z',
        affectedApps: ['/app'],
        affectedPods: [],
        currentActions: [
          {
            action: 'ScaleApplication',
            app: '/app',
            readinessCheckResults: [
              {
                name: 'ready',
                taskId: 'app.instance-7d0f2a34-7b30-11eb-9d3a-0242ac110002._app.1',
                ready: true,
              },
            ],
          },
        ],
        currentStep: 2,
        totalSteps: 2,
      }),
    );
  });

  test.each([
    ['before the first step', undefined, { currentStep: 0, currentActions: [] }],
    ['in the first step', 0, { currentStep: 1, currentActions: [{ action: 'StartApplication' }] }],
    ['after the last step', 2, { currentStep: 2, currentActions: [] }],
  ])('%s', (_name, step, expected) => {
    const state = step === undefined ? undefined : { step, began: [EPOCH] };
    expect(presentDeployment(plan, state, instancesOf)).toMatchObject(expected);
  });

  test('names of all actions', () => {
    const runSpec = resolvePathId('/app');
    const steps = [{ actions: [{ kind: 'stop', runSpec } as const, { kind: 'restart', runSpec } as const] }];
    expect(presentDeployment(aDeploymentPlan({ steps }), undefined, instancesOf).steps).toEqual([
      {
        actions: [
          { action: 'StopApplication', app: '/app' },
          { action: 'RestartApplication', app: '/app' },
        ],
      },
    ]);
  });

  test('an empty plan', () => {
    const empty = aDeploymentPlan({ steps: [], affected: [] });
    expect(presentDeployment(empty, { step: 0, began: [EPOCH] }, instancesOf)).toMatchObject({
      steps: [],
      affectedApps: [],
      currentActions: [],
      currentStep: 0,
      totalSteps: 0,
    });
  });
});

test('the result of a write', () => {
  expect(presentDeploymentResult(plan.version, plan.id)).toEqual({
    version: '2021-03-02T08:00:00.000Z',
    deploymentId: '0b0a7f0e-6a0e-4a53-8f6b-6f5d5a3f9b11',
  });
});
