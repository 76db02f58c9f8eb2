import { DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registerTaskDefinition } from '../../../lib/aws/ecs/start-task.ts';
import { renderTaskDefinition } from '../../../lib/launch/task-definition.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';

let local: LocalAws;
beforeEach(async () => {
  local = await startLocalAws({ ephemeral: true });
});
afterEach(() => local.close());

async function registered(app: Partial<AppSpec>) {
  const arn = await registerTaskDefinition(local.ecs, renderTaskDefinition(anApp(app), aConfig()));
  const { taskDefinition } = await local.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
  const { networkMode, pidMode, volumes, containerDefinitions = [] } = taskDefinition ?? {};
  return { networkMode, pidMode, volumes, container: containerDefinitions[0] };
}

test('what an app asks for beyond image and command reaches ECS', async () => {
  const mapping = { servicePort: 10_000, protocol: 'tcp' as const, labels: {}, networkNames: [] };
  const definition = await registered({
    tty: true,
    resourceLimits: { mem: 'unlimited' },
    networks: [{ mode: 'container/bridge', labels: {} }],
    portDefinitions: [],
    container: {
      type: 'DOCKER',
      volumes: [],
      portMappings: [{ ...mapping, containerPort: 80, hostPort: 0 }],
      docker: {
        image: 'nginx:1',
        forcePullImage: false,
        privileged: false,
        parameters: [
          { key: 'ulimit', value: 'nofile=1:2' },
          { key: 'cap-add', value: 'NET_ADMIN' },
          { key: 'log-driver', value: 'json-file' },
          { key: 'log-opt', value: 'max-size=1m' },
          { key: 'pid', value: 'host' },
          { key: 'volume', value: '/a:/b' },
        ],
      },
    },
  });
  expect(definition).toEqual({
    networkMode: 'bridge',
    pidMode: 'host',
    volumes: [{ name: 'host-0', host: { sourcePath: '/a' } }],
    container: expect.objectContaining({
      memoryReservation: 6,
      pseudoTerminal: true,
      portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }],
      mountPoints: [{ sourceVolume: 'host-0', containerPath: '/b', readOnly: false }],
      ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 2 }],
      linuxParameters: { capabilities: { add: ['NET_ADMIN'] } },
      logConfiguration: { logDriver: 'json-file', options: { 'max-size': '1m' } },
    }),
  });
  expect(definition.container).not.toHaveProperty('memory');
});
