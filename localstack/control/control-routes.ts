import * as z from 'zod';
import { agentEntry } from '../agents/agent-spec.ts';
import { settleAgents } from '../agents/settle-agents.ts';
import type { RestApi } from '../api-gateway/rest-api.ts';
import { SLASH_MODES } from '../api-gateway/slashes.ts';
import type { Ecs } from '../ecs/ecs.ts';
import type { ContainerInstance } from '../ecs/entities.ts';
import type { RequestLimits } from '../endpoint/request-limits.ts';
import type { EventBridge } from '../event-bridge/event-bridge.ts';
import { makeEvent } from '../event-bridge/put-events.ts';
import type { FaultDesk } from '../faults/fault-desk.ts';
import type { QueueService } from '../queue/queue-service.ts';
import type { CloudModel } from '../template/cloud-model.ts';

/** What the control port acts on. */
export interface ControlTargets {
  readonly ecs: Ecs;
  readonly queues: QueueService;
  readonly bridge: EventBridge;
  readonly faults: FaultDesk;
  readonly limits: RequestLimits;
  readonly gateway: Pick<RestApi, 'slashes'>;
  readonly model: CloudModel;
}

/** A request that cannot be done: the text says why. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const AGENT_ACTIONS = ['kill', 'return', 'disconnect', 'connect', 'drain', 'undrain'] as const;

type AgentAction = (typeof AGENT_ACTIONS)[number];

/** An event of an AWS service, as it would come to the default bus. */
const EVENT = z.strictObject({
  source: z.string().min(1),
  detailType: z.string().min(1),
  detail: z.record(z.string(), z.unknown()),
  resources: z.array(z.string()).default([]),
});

const GATEWAY = z.strictObject({
  slashes: z.enum(SLASH_MODES, `MODE is one of ${SLASH_MODES.join(', ')}`),
});

/** Attributes that ECS and its agents give themselves. */
const AWS_ATTRIBUTE = /^(ecs|com\.amazonaws)\./;

const LIMITS = z.strictObject({ limits: z.enum(['on', 'off'], 'give on or off') });

const MESSAGES = 100;

/** Answers `GET /agents`, `POST /agents/<host>/kill`… with a JSON value. Throws `ControlError` for what cannot be done. */
export async function answerControl(
  targets: ControlTargets,
  method: string,
  path: readonly string[],
  body: unknown,
): Promise<unknown> {
  const [resource, name, action] = path;
  const call = `${method} /${resource}${name === undefined ? '' : '/:name'}${action === undefined ? '' : `/${action}`}`;
  switch (call) {
    case 'GET /agents':
      return targets.ecs.agents().map(viewAgent);
    case 'POST /agents':
      return addAgent(targets, body);
    case 'GET /queues':
      return targets.model.queues.map(({ arn }) => targets.queues.status(arn));
    case 'GET /queues/:name/messages':
      return targets.queues.peek(queueArn(targets, name ?? ''), MESSAGES);
    case 'POST /events':
      return postEvent(targets, body);
    case 'GET /gateway':
      return { slashes: targets.gateway.slashes.mode };
    case 'POST /gateway':
      targets.gateway.slashes.mode = parse(GATEWAY, body).slashes;
      return { slashes: targets.gateway.slashes.mode };
    case 'GET /limits':
      return viewLimits(targets);
    case 'POST /limits':
      targets.limits.set(parse(LIMITS, body).limits === 'on');
      return viewLimits(targets);
    case 'GET /faults':
      return await targets.faults.list();
    case 'POST /faults':
      return await targets.faults.set(body);
    case 'DELETE /faults':
    case 'DELETE /faults/:name':
      return await targets.faults.clear(name);
  }
  const agentAction = AGENT_ACTIONS.find((candidate) => candidate === action);
  if (method === 'POST' && resource === 'agents' && agentAction !== undefined) {
    return viewAgent(actOnAgent(targets.ecs, agentAction, name ?? ''));
  }
  throw new ControlError(404, `the control port has no ${method} /${path.join('/')}`);
}

function viewLimits({ limits }: ControlTargets) {
  return { limits: limits.isOn() ? 'on' : 'off' };
}

function viewAgent(agent: ContainerInstance) {
  return {
    host: agent.host,
    zone: agent.zone,
    status: agent.status,
    connected: agent.agentConnected,
    running: agent.machineRunning,
    cpus: agent.registered.cpu / 1024,
    mem: agent.registered.memory,
    roles: agent.tags['stride:roles'] ?? '',
    ports: agent.tags['stride:ports'] ?? '',
    attributes: Object.fromEntries(Object.entries(agent.attributes).filter(([name]) => !AWS_ATTRIBUTE.test(name))),
    arn: agent.arn,
  };
}

function addAgent({ ecs }: ControlTargets, body: unknown) {
  const entry = parse(agentEntry, body);
  if (entry.ports === undefined || entry.count !== 1) {
    throw new ControlError(400, 'an agent is added one at a time, with ports that no other agent has');
  }
  const [agent] = settleAgents([entry]);
  if (agent === undefined) throw new ControlError(400, 'no agent');
  for (const other of ecs.agents()) {
    const taken = (other.tags['stride:ports'] ?? '').split(' ').find((range) => agent.ports.some(overlaps(range)));
    if (other.status === 'INACTIVE' || other.host === agent.host || taken === undefined) continue;
    throw new ControlError(
      409,
      `ports ${agent.ports.join(' ')}: agent ${other.host} has ${taken} of this machine; give others`,
    );
  }
  return viewAgent(ecs.add(agent));
}

function overlaps(range: string): (other: string) => boolean {
  const boundsOf = (text: string): readonly [number, number] => {
    const [begin = 0, end = begin] = text.split('-').map(Number);
    return [begin, end];
  };
  const [begin, end] = boundsOf(range);
  return (other) => {
    const [from, to] = boundsOf(other);
    return from <= end && begin <= to;
  };
}

function actOnAgent(ecs: Ecs, action: AgentAction, host: string): ContainerInstance {
  switch (action) {
    case 'kill':
      return ecs.kill(host);
    case 'return':
      return ecs.return(host);
    case 'disconnect':
    case 'connect':
      return ecs.setAgentConnected(host, action === 'connect');
    case 'drain':
    case 'undrain':
      return ecs.drain(host, action === 'drain');
  }
}

function queueArn({ model }: ControlTargets, name: string): string {
  const queue = model.queues.find((each) => each.name === name);
  if (queue !== undefined) return queue.arn;
  const names = model.queues.map((each) => each.name).join(', ');
  throw new ControlError(404, `there is no queue ${name}; there are ${names}`);
}

function postEvent({ bridge }: ControlTargets, body: unknown) {
  const event = makeEvent({ ...parse(EVENT, body), time: new Date() });
  bridge.emit(event);
  return event;
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new ControlError(400, z.prettifyError(result.error));
}
