import * as z from 'zod';
import { defaulted, labels, oneOf, optional, port, portName } from './fields.ts';

const protocol = oneOf('tcp', 'udp', 'udp,tcp');
const networkName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9_]*[a-z0-9])?$/);

export const network = z.object({
  name: optional(networkName),
  mode: defaulted(oneOf('container', 'container/bridge', 'host'), 'container'),
  labels: defaulted(labels, {}),
});
export type NetworkInput = z.output<typeof network>;

export const portDefinition = z.object({
  port: defaulted(port, 0),
  protocol: defaulted(protocol, 'tcp'),
  name: optional(portName),
  labels: defaulted(labels, {}),
});
export type PortDefinitionInput = z.output<typeof portDefinition>;

export const portMapping = z.object({
  containerPort: defaulted(port, 0),
  hostPort: optional(port),
  servicePort: defaulted(port, 0),
  protocol: defaulted(protocol, 'tcp'),
  name: optional(portName),
  labels: defaulted(labels, {}),
  networkNames: defaulted(z.array(z.string()), []),
});
export type PortMappingInput = z.output<typeof portMapping>;

/** Deprecated since Marathon 1.5; translated into `networks` (app-model.md §4). `groups` is read by nobody. */
export const ipAddress = z.object({
  networkName: optional(z.string()),
  labels: defaulted(labels, {}),
  discovery: optional(
    z.object({
      ports: defaulted(
        z.array(
          z.object({
            number: defaulted(port, 0),
            name: portName,
            protocol: defaulted(protocol, 'tcp'),
            labels: defaulted(labels, {}),
          }),
        ),
        [],
      ),
    }),
  ),
});
export type IpAddressInput = z.output<typeof ipAddress>;
