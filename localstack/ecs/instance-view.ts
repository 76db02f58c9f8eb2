import type { ContainerInstance, Task } from './entities.ts';
import { usageOf } from './resources.ts';
import { asDate, type TimeView, type View } from './views.ts';

/** Of the agents played here. */
export const AGENT_VERSION = '1.0.0';

/** A container instance as ECS shows it; `live` are the tasks that hold resources on it. */
export function viewContainerInstance(instance: ContainerInstance, live: readonly Task[], time: TimeView): View {
  const { cpu, memory, gpuIds } = instance.registered;
  const idle = usageOf([]);
  const used = usageOf(live);
  const running = live.filter((task) => task.lastStatus === 'RUNNING').length;
  return {
    agentConnected: instance.agentConnected,
    attachments: [],
    attributes: Object.entries(instance.attributes).map(([name, value]) => ({ name, value: value ?? undefined })),
    containerInstanceArn: instance.arn,
    ec2InstanceId: instance.ec2InstanceId,
    pendingTasksCount: live.length - running,
    registeredAt: time(instance.registeredAt),
    registeredResources: viewResources(cpu, memory, gpuIds, idle.portsTcp, idle.portsUdp),
    remainingResources: viewResources(
      cpu - used.cpu,
      memory - used.memory,
      gpuIds.filter((id) => !used.gpuIds.includes(id)),
      used.portsTcp,
      used.portsUdp,
    ),
    runningTasksCount: running,
    status: instance.status,
    version: instance.version,
    versionInfo: { agentHash: '0000000', agentVersion: AGENT_VERSION, dockerVersion: 'none' },
  };
}

/** PORTS lists the ports in use, in registered and remaining resources alike (aws.md §1.4). */
function viewResources(
  cpu: number,
  memory: number,
  gpus: readonly string[],
  tcp: readonly number[],
  udp: readonly number[],
): View[] {
  const numeric = { type: 'INTEGER', doubleValue: 0, longValue: 0 };
  const resources: View[] = [
    { name: 'CPU', ...numeric, integerValue: cpu },
    { name: 'MEMORY', ...numeric, integerValue: memory },
    {
      name: 'PORTS',
      type: 'STRINGSET',
      doubleValue: 0,
      longValue: 0,
      integerValue: 0,
      stringSetValue: tcp.map(String),
    },
    {
      name: 'PORTS_UDP',
      type: 'STRINGSET',
      doubleValue: 0,
      longValue: 0,
      integerValue: 0,
      stringSetValue: udp.map(String),
    },
  ];
  const gpu = { name: 'GPU', type: 'STRINGSET', doubleValue: 0, longValue: 0, integerValue: 0, stringSetValue: gpus };
  return gpus.length === 0 ? resources : [...resources, gpu];
}

/** `CONTAINER_INSTANCE_HEALTH`: of the runtime below the agent, as last heard from it. */
export function viewInstanceHealth({ agentConnected, connectivityAt, registeredAt }: ContainerInstance): View {
  const status = agentConnected ? 'OK' : 'INSUFFICIENT_DATA';
  const at = asDate(connectivityAt ?? registeredAt);
  const details = [{ type: 'CONTAINER_RUNTIME', status, lastUpdated: at, lastStatusChange: at }];
  return { overallStatus: status, details };
}
