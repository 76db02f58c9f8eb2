import { AwsError, type AwsService, type EventBridgeEvent } from '../../../localstack/endpoint/aws-service.ts';
import { ALWAYS_SENT } from './always-sent.ts';
import { type Member, modelledError, operationShapes, type ServiceName, structureShape } from './static-schema.ts';
import { missingMembers, type Wire, walkShape } from './walk-shape.ts';

/** Errors of the front that serves all of AWS's operations: no model of a service has them. */
const COMMON_ERRORS = ['InternalFailure', 'SerializationException', 'ThrottlingException', 'UnknownOperationException'];

/** Operations whose calls and answers were held against the SDK's schemas, as `ecs StartTask`. */
const checked = new Set<string>();

/** Those checked so far in this test file. */
export function checkedOperations(): ReadonlySet<string> {
  return checked;
}

/**
 * A service whose every request, answer and error is held against the runtime schemas of the SDK's client; what does
 * not fit fails the call, so that whichever test made it fails.
 */
export function checkedService(service: AwsService): AwsService {
  return {
    ...service,
    async call(call) {
      if (!service.operations.includes(call.operation)) return service.call(call);
      const { input, output } = operationShapes(service.name, call.operation);
      refuse(service, call.operation, 'request', walkShape(input, call.input, requestWire(service)));
      const answer = await service.call(call).catch((error: unknown) => {
        refuse(service, call.operation, 'error', problemsOfError(service.name, error));
        throw error;
      });
      const value = service.name === 'ec2' ? withoutReturn(answer) : (answer ?? {});
      const wire = answerWire(service);
      const problems = walkShape(output, value, wire);
      refuse(service, call.operation, 'answer', [
        ...problems,
        ...missingMembers(output, value, wire, ALWAYS_SENT[service.name]),
      ]);
      checked.add(`${service.name} ${call.operation}`);
      return answer;
    },
  };
}

/** Holds the details of ECS's events against the shapes that they show. Throws for what does not fit. */
export function checkEvent(event: EventBridgeEvent): void {
  const shown = {
    'ECS Task State Change': { shape: 'Task', more: ['updatedAt'] },
    'ECS Container Instance State Change': { shape: 'ContainerInstance', more: ['updatedAt', 'clusterArn'] },
  }[event['detail-type']];
  if (shown === undefined) return;
  const detail = Object.fromEntries(Object.entries(event.detail).filter(([name]) => !shown.more.includes(name)));
  const problems = walkShape(structureShape('ecs', shown.shape), detail, EVENT);
  const missing = shown.more.filter((name) => typeof event.detail[name] !== 'string');
  if (problems.length + missing.length === 0) return;
  throw new Error(`${event['detail-type']}: ${[...problems, ...missing].join('; ')}`);
}

function refuse(service: AwsService, operation: string, part: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`${service.name} ${operation}, ${part}: ${problems.join('; ')}`);
}

/** EC2's calls without a result say `return` all the same, which the SDK leaves unread. */
function withoutReturn(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('return' in answer)) return answer;
  const { return: said, ...rest } = answer;
  return said === true ? rest : answer;
}

/** EC2's model has no errors; the others' names, and the status where the model gives one, must be the model's. */
function problemsOfError(service: ServiceName, error: unknown): readonly string[] {
  if (!(error instanceof AwsError)) return [`${String(error)} is no error of AWS`];
  if (service === 'ec2' || COMMON_ERRORS.includes(error.code)) return [];
  const model = modelledError(service, error.code);
  if (model === undefined) return [`${error.code}: the model has no such error`];
  if (model.status === undefined || model.status === error.status) return [];
  return [`${error.code}: has status ${error.status}, not ${String(model.status)}`];
}

const typed: Wire['fits'] = (kind, value) => {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'time':
      return value instanceof Date && !Number.isNaN(value.getTime());
    case 'bytes':
      return value instanceof Uint8Array;
  }
};

/** Forms, paths, queries and headers carry everything as text. */
const asText: Wire['fits'] = (kind, value) => {
  if (kind === 'bytes') return value instanceof Uint8Array;
  if (kind === 'number')
    return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
  if (kind === 'flag') return typeof value === 'boolean' || value === 'true' || value === 'false';
  return typeof value === 'string';
};

/** JSON requests carry times as numbers, events as ISO texts. */
const asJson: Wire['fits'] = (kind, value) => (kind === 'time' ? typeof value === 'number' : typed(kind, value));
const asEvent: Wire['fits'] = (kind, value) =>
  kind === 'time' ? typeof value === 'string' && !Number.isNaN(Date.parse(value)) : typed(kind, value);

const byMember = ({ name }: Member) => name;
const textTrait = ({ traits }: Member, trait: string) => {
  const value = traits[trait];
  return typeof value === 'string' ? value : undefined;
};
const byXmlName = (member: Member) => textTrait(member, 'xmlName') ?? member.name;
/** ec2Query: `ec2QueryName`, else the XML name with a capital. */
const byQueryName = (member: Member) => {
  const name = byXmlName(member);
  return textTrait(member, 'ec2QueryName') ?? name.charAt(0).toUpperCase() + name.slice(1);
};

const EVENT: Wire = { nameOf: byMember, fits: asEvent };

function requestWire({ protocol }: AwsService): Wire {
  if (protocol === 'ec2Query') return { nameOf: byQueryName, fits: asText };
  return { nameOf: byMember, fits: protocol === 'restJson1' ? asText : asJson };
}

function answerWire({ protocol }: AwsService): Wire {
  return { nameOf: protocol === 'ec2Query' ? byXmlName : byMember, fits: typed };
}
