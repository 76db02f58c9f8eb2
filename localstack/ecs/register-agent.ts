import { type AgentSpec, diskWords } from '../agents/agent-spec.ts';
import { agentIds, subnetOf, toContainerInstanceArn } from './arns.ts';
import { LOCAL_CAPABILITIES } from './capabilities.ts';
import type { ContainerInstance } from './entities.ts';
import { CPU_ARCHITECTURE } from './views.ts';

/**
 * The container instance of an agent: new, or the former one with what the agents list says now. It keeps its ids,
 * its DRAINING and the attributes that PutAttributes gave it.
 */
export function registerAgent(
  agent: AgentSpec,
  former: ContainerInstance | undefined,
  { cluster, added, now }: { readonly cluster: string; readonly added: boolean; readonly now: number },
): Omit<ContainerInstance, 'version'> {
  const ids = agentIds(cluster, agent.host);
  return {
    arn: toContainerInstanceArn(cluster, ids.instance),
    cluster,
    ec2InstanceId: ids.ec2,
    host: agent.host,
    zone: agent.zone,
    status: former?.status === 'DRAINING' ? 'DRAINING' : 'ACTIVE',
    added,
    agentConnected: true,
    machineRunning: true,
    registered: {
      cpu: Math.round(agent.cpus * 1024),
      memory: agent.mem,
      gpuIds: Array.from({ length: agent.gpus }, (_, index) => `gpu-${index}`),
    },
    attributes: { ...former?.attributes, ...agent.attributes, ...builtInAttributes(agent) },
    tags: { ...agent.tags, ...strideTags(agent) },
    registeredAt: former?.registeredAt ?? now,
  };
}

function builtInAttributes(agent: AgentSpec): Record<string, string | null> {
  return {
    ...Object.fromEntries(LOCAL_CAPABILITIES.map((name) => [name, null])),
    'ecs.availability-zone': agent.zone,
    'ecs.ami-id': 'ami-00000000000000000',
    'ecs.instance-type': `local.${agent.cpus}cpu`,
    'ecs.os-type': 'linux',
    'ecs.os-family': 'LINUX',
    'ecs.cpu-architecture': CPU_ARCHITECTURE,
    'ecs.vpc-id': 'vpc-00000000000000000',
    'ecs.subnet-id': subnetOf(agent.zone),
  };
}

/** What ECS has no field for. Tag values cannot hold `*`: the role of everybody is written `any`. */
function strideTags({ roles, disk, disks, ports, region }: AgentSpec): Record<string, string> {
  return {
    'stride:roles': roles.map((role) => (role === '*' ? 'any' : role)).join(' '),
    'stride:disk': String(disk),
    ...(disks.length > 0 && { 'stride:disks': diskWords(disks).join(' ') }),
    'stride:ports': ports.join(' '),
    'stride:region': region,
  };
}
