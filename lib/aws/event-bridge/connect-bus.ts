import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Bus } from '../../gateways/bus.ts';
import { createEventBridgeBus } from './event-bridge-bus.ts';

/** The bus gateway with a client made from the environment. */
export function connectBus(busName: string): Bus {
  return createEventBridgeBus(new EventBridgeClient({}), busName);
}
