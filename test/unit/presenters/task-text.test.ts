import { expect, it } from 'vitest';
import { presentTaskText } from '../../../functions/api/presenters/task-text.ts';
import { toInstanceId } from '../../../lib/model/ids.ts';
import type { Instance } from '../../../lib/model/instance.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import type { AppSpec, PortMapping } from '../../../lib/model/run-spec.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { anInstance, anInstanceAgent } from '../../fixtures/an-instance.ts';

const ID = resolvePathId('/shop/cart');
const port = (number: number) => ({ port: number, protocol: 'tcp' as const, labels: {} });
const mapping = (fields: Partial<PortMapping>): PortMapping => ({
  containerPort: 80,
  servicePort: 10_001,
  protocol: 'tcp',
  labels: {},
  networkNames: [],
  ...fields,
});
const mapped = (...portMappings: readonly PortMapping[]): Partial<AppSpec> => ({
  container: { type: 'DOCKER', volumes: [], portMappings },
  networks: [{ mode: 'container', name: 'net', labels: {} }],
});
const task = (name: string, hostPorts: readonly number[], fields: Partial<Instance> = {}): Instance =>
  anInstance({
    id: toInstanceId(ID, name),
    agent: anInstanceAgent({ host: name, ipAddresses: [`10.0.0.${hostPorts.length}`] }),
    hostPorts,
    ...fields,
  });

it.for<{ what: string; app: Partial<AppSpec>; tasks: readonly Instance[]; networks?: readonly string[]; text: string }>(
  [
    {
      what: 'a line for each port, with the address of each task',
      app: { portDefinitions: [port(10_000), port(10_001)] },
      tasks: [task('h1', [31_000, 31_001]), task('h2', [31_005, 31_006])],
      text: 'shop_cart\t10000\th1:31000\th2:31005\t\nshop_cart\t10001\th1:31001\th2:31006\t\n',
    },
    {
      what: 'a line although nothing runs',
      app: { portDefinitions: [port(10_000)] },
      tasks: [task('h1', [31_000], { condition: 'Staging' }), task('h2', [31_000], { condition: 'Unreachable' })],
      text: 'shop_cart\t10000\t\n',
    },
    {
      what: 'a blank for the port, and hosts, without any',
      app: { portDefinitions: [] },
      tasks: [task('h1', []), task('h2', [])],
      text: 'shop_cart\t \th1\th2\t\n',
    },
    {
      what: 'host ports of mappings, counted among those that have one',
      app: mapped(
        mapping({ hostPort: 0 }),
        mapping({ servicePort: 10_002 }),
        mapping({ hostPort: 0, servicePort: 10_003 }),
      ),
      tasks: [task('h1', [31_000, 31_001])],
      text: 'shop_cart\t10001\th1:31000\t\nshop_cart\t10002\t\nshop_cart\t10003\th1:31001\t\n',
    },
    {
      what: 'addresses in a container network that was asked for',
      app: mapped(mapping({})),
      tasks: [task('h1', [])],
      networks: ['other', 'net'],
      text: 'shop_cart\t10001\t10.0.0.0:80\t\n',
    },
    {
      what: 'addresses in all container networks',
      app: mapped(mapping({ networkNames: ['own'] })),
      tasks: [task('h1', [])],
      networks: ['*'],
      text: 'shop_cart\t10001\t10.0.0.0:80\t\n',
    },
    {
      what: 'no address in another container network',
      app: mapped(mapping({ networkNames: ['own'] })),
      tasks: [task('h1', [])],
      networks: ['net'],
      text: 'shop_cart\t10001\t\n',
    },
  ],
)('$what', ({ app, tasks, networks = [], text }) => {
  const listed = { id: ID, app: anApp({ id: ID, ...app }), instances: tasks };
  expect(presentTaskText([listed], new Set(networks))).toBe(text);
});
