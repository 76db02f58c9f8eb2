import { describe, expect, it } from 'vitest';
import {
  actionOnWire,
  apiPostEvent,
  appTerminated,
  deploymentFailed,
  deploymentStepEvent,
  deploymentSuccess,
  eventStreamEvent,
  groupChangeFailed,
  groupChangeSuccess,
  instanceChanged,
  statusUpdate,
} from '../../../lib/event/events.ts';
import type { DeploymentId } from '../../../lib/model/ids.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { aDeploymentPlan } from '../../fixtures/a-deployment-plan.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { anInstance, aScheduledInstance } from '../../fixtures/an-instance.ts';

const AT = EPOCH + 31_047;
const TIMESTAMP = '2021-03-02T08:00:31.047Z';
const APP = resolvePathId('/app');
const plan = aDeploymentPlan({ id: '0b0a7f0e' as DeploymentId });
const steps = [
  { actions: [{ action: 'StartApplication', app: '/app' }] },
  { actions: [{ action: 'ScaleApplication', app: '/app' }] },
];
const planOnWire = { id: '0b0a7f0e', steps, version: toTimestamp(EPOCH) };

describe('events in Marathon’s wire form (events.md §2, §3)', () => {
  it.for([
    {
      event: apiPostEvent({ clientIp: '10.0.4.17', uri: '/v2/apps', appDefinition: { id: '/app' } }, AT),
      wire: { clientIp: '10.0.4.17', uri: '/v2/apps', appDefinition: { id: '/app' }, eventType: 'api_post_event' },
    },
    {
      event: groupChangeSuccess(resolvePathId('/shop'), toTimestamp(EPOCH), AT),
      wire: { groupId: '/shop', version: toTimestamp(EPOCH), eventType: 'group_change_success' },
    },
    {
      event: groupChangeFailed(resolvePathId('/shop'), toTimestamp(EPOCH), 'Object is not valid', AT),
      wire: {
        groupId: '/shop',
        version: toTimestamp(EPOCH),
        eventType: 'group_change_failed',
        reason: 'Object is not valid',
      },
    },
    {
      event: deploymentStepEvent('deployment_info', plan, plan.steps[1] ?? { actions: [] }, AT),
      wire: { plan: planOnWire, currentStep: steps[1], eventType: 'deployment_info' },
    },
    {
      event: deploymentSuccess(plan, AT),
      wire: { id: '0b0a7f0e', plan: planOnWire, eventType: 'deployment_success' },
    },
    {
      event: deploymentFailed(plan, 'The upgrade has been cancelled', AT),
      wire: {
        id: '0b0a7f0e',
        plan: planOnWire,
        eventType: 'deployment_failed',
        reason: 'The upgrade has been cancelled',
      },
    },
    { event: appTerminated(APP, AT), wire: { appId: '/app', eventType: 'app_terminated_event' } },
    {
      event: statusUpdate(anInstance({ incarnation: 3 }), 'TASK_RUNNING', '', AT),
      wire: {
        slaveId: 'i-0a1',
        taskId: 'app.instance-7d0f2a34-7b30-11eb-9d3a-0242ac110002._app.3',
        taskStatus: 'TASK_RUNNING',
        message: '',
        appId: '/app',
        host: 'i-0a1.example.internal',
        ipAddresses: [{ ipAddress: '10.0.1.20', protocol: 'IPv4' }],
        ports: [31_000],
        version: toTimestamp(EPOCH),
        eventType: 'status_update_event',
      },
    },
    {
      event: statusUpdate(aScheduledInstance({ incarnation: 1 }), 'TASK_GONE', 'why', AT),
      wire: {
        slaveId: '',
        taskId: 'app.instance-7d0f2a34-7b30-11eb-9d3a-0242ac110002._app.1',
        taskStatus: 'TASK_GONE',
        message: 'why',
        appId: '/app',
        host: 'unknown',
        ipAddresses: [],
        ports: [],
        version: toTimestamp(EPOCH),
        eventType: 'status_update_event',
      },
    },
    {
      event: instanceChanged(anInstance(), AT),
      wire: {
        instanceId: 'app.instance-7d0f2a34-7b30-11eb-9d3a-0242ac110002',
        condition: 'Running',
        runSpecId: '/app',
        agentId: 'i-0a1',
        host: 'i-0a1.example.internal',
        runSpecVersion: toTimestamp(EPOCH),
        eventType: 'instance_changed_event',
      },
    },
    {
      event: instanceChanged(aScheduledInstance(), AT),
      wire: {
        instanceId: 'app.instance-7d0f2a34-7b30-11eb-9d3a-0242ac110002',
        condition: 'Scheduled',
        runSpecId: '/app',
        agentId: null,
        host: null,
        runSpecVersion: toTimestamp(EPOCH),
        eventType: 'instance_changed_event',
      },
    },
    {
      event: eventStreamEvent('event_stream_attached', '10.0.4.17', AT),
      wire: { remoteAddress: '10.0.4.17', eventType: 'event_stream_attached' },
    },
  ])('$wire.eventType', ({ event, wire }) => {
    expect(event).toEqual({ ...wire, timestamp: TIMESTAMP });
  });

  it.for([
    ['start', 'StartApplication'],
    ['scale', 'ScaleApplication'],
    ['restart', 'RestartApplication'],
    ['stop', 'StopApplication'],
  ] as const)('%s is %s', ([kind, action]) => {
    expect(actionOnWire({ kind, runSpec: APP, to: 1 })).toEqual({ action, app: '/app' });
  });
});
