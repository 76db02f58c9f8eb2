import type { AgentSpec } from '../agents/agent-spec.ts';
import { openMachines } from '../ec2/machines.ts';
import { createEcs } from '../ecs/ecs.ts';
import { createAwsEndpoint } from '../endpoint/aws-endpoint.ts';
import { createRuntime, type RuntimeName } from '../runtime/select-runtime.ts';
import { createEventForwarder } from './event-forwarder.ts';

/** Nobody may put events of `aws.ecs` on a bus, neither on AWS nor in its emulators. */
const EVENT_SOURCE = 'stride.ecs';

export interface LauncherOptions {
  /** Where the emulator listens: `http://127.0.0.1:4566`. */
  readonly emulator: string;
  readonly agents: readonly AgentSpec[];
  readonly runtime: RuntimeName;
  /** Holds the sandboxes; the state is in memory. */
  readonly dataDirectory: string;
  readonly onError: (error: unknown) => void;
}

export interface Launcher {
  /** Base URLs of the services that it plays, under the SDK's names for them. */
  readonly endpoints: { readonly ecs: string; readonly ec2: string };
  /** Ends the tasks. */
  stop(): Promise<void>;
}

/** Name of the cluster, as the stack calls it unless told otherwise. */
const CLUSTER = 'stride';

/**
 * What no emulator has: ECS with container instances that really start tasks, and EC2's view of their hosts, for
 * functions that run in an emulator. The events go to the emulator's default bus.
 */
export async function startLauncher(options: LauncherOptions): Promise<Launcher> {
  const { emulator, agents, runtime, dataDirectory, onError } = options;
  await using cleanUp = new AsyncDisposableStack();
  const forwarder = createEventForwarder({ endpoint: emulator, source: EVENT_SOURCE, onError });
  cleanUp.defer(forwarder.close);
  const ecs = createEcs({
    dataDir: dataDirectory,
    ephemeral: true,
    cluster: CLUSTER,
    agents,
    runtime: createRuntime(runtime, { dataDir: dataDirectory }),
    emit: forwarder.forward,
  });
  const machines = openMachines({
    agents: ecs.agents,
    dataDir: dataDirectory,
    ephemeral: true,
    emit: forwarder.forward,
  });
  cleanUp.defer(async () => machines.close());
  const endpoint = createAwsEndpoint([ecs.service, machines.ec2, machines.ebs]);
  cleanUp.defer(endpoint.close);
  const base = await endpoint.listen();
  cleanUp.defer(() => ecs.stop());
  await ecs.start();
  const running = cleanUp.move();
  return { endpoints: { ecs: `${base}/ecs`, ec2: `${base}/ec2` }, stop: () => running.disposeAsync() };
}

/** Settings of the stack (`stride:<key>` to value) by which its functions call this launcher and hear of its tasks. */
export function emulatorContext({ endpoints }: Launcher): Readonly<Record<string, string>> {
  const pairs = Object.entries(endpoints).map(([service, url]) => `${service}=${url}`);
  return { 'stride:endpoints': pairs.join(','), 'stride:clusterEventSource': EVENT_SOURCE };
}
