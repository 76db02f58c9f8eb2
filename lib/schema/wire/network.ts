import * as z from 'zod';
import { defaulted, labels, oneOf, optional, port, portName } from './fields.ts';

const protocol = oneOf('tcp', 'udp', 'udp,tcp');
const networkName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9_]*[a-z0-9])?$/);

export const network = z.object({
  name: optional(networkName).describe('Name of the network; for mode container only.'),
  mode: defaulted(oneOf('container', 'container/bridge', 'host'), 'container').describe('Kind of network.'),
  labels: defaulted(labels, {}).describe('Labels for the network; not in mode host.'),
});
export type NetworkInput = z.output<typeof network>;

const portFields = {
  protocol: defaulted(protocol, 'tcp').describe('Protocol, or both.'),
  name: optional(portName).describe('Name of the port; unique in the app.'),
  labels: defaulted(labels, {}).describe('Labels of the port.'),
};

export const portDefinition = z.object({
  port: defaulted(port, 0).describe('Service port, with requirePorts the host port too; 0: one is assigned.'),
  ...portFields,
});
export type PortDefinitionInput = z.output<typeof portDefinition>;

export const portMapping = z.object({
  containerPort: defaulted(port, 0).describe('Port inside the container; 0: the same as the host port.'),
  hostPort: optional(port).describe('Port of the agent; 0: any.'),
  servicePort: defaulted(port, 0).describe('Port for load balancers; 0: one is assigned.'),
  ...portFields,
  networkNames: defaulted(z.array(z.string()), []).describe('Networks that the mapping is for; empty: all.'),
});
export type PortMappingInput = z.output<typeof portMapping>;

const discoveryPort = z.object({
  number: defaulted(port, 0).describe('Port inside the container.'),
  name: portName.describe('Name of the port.'),
  protocol: portFields.protocol,
  labels: portFields.labels,
});

/** Deprecated since Marathon 1.5; translated into `networks` (app-model.md §4). `groups` is read by nobody. */
export const ipAddress = z.object({
  networkName: optional(networkName).describe('Name of the network.'),
  labels: defaulted(labels, {}).describe('Labels for the network.'),
  discovery: optional(z.object({ ports: defaulted(z.array(discoveryPort), []).describe('The ports.') })).describe(
    'Ports to make known.',
  ),
});
export type IpAddressInput = z.output<typeof ipAddress>;
