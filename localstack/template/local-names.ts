import { LOCAL_ACCOUNT, LOCAL_REGION } from '../endpoint/aws-service.ts';
import { findInertResource } from './inert-resources.ts';
import { type References, resolveIntrinsics } from './intrinsics.ts';
import type { Assembly, TemplateResource } from './read-assembly.ts';
import { templateError } from './template-error.ts';

/** The property by which a template may name a resource itself. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::RestApi': 'Name',
  'AWS::ApiGateway::Stage': 'StageName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::ECS::CapacityProvider': 'Name',
  'AWS::ECS::Cluster': 'ClusterName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SQS::Queue': 'QueueName',
};

/** AWS labels a stream by the time it was made; here every stream has the same label, so that its ARN outlives a restart. */
const STREAM_LABEL = '2026-01-01T00:00:00.000';

/** ARN of a resource of the local account and region. */
function localArn(service: string, resource: string): string {
  return `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${resource}`;
}

/** What the resources of one template are called on this machine: the same at every start. */
export interface LocalNames extends References {
  /** The name the template gives, else `<stack>-<logical id>`. */
  name(logicalId: string): string;
  /** Throws when the resource has none. */
  arn(logicalId: string): string;
}

/** Names for all resources of an assembly. Names that refer to each other in a circle throw `TemplateError`. */
export function createLocalNames(assembly: Assembly): LocalNames {
  const { resources, stackName, file } = assembly;
  const names = new Map<string, string>();
  const pending = new Set<string>();

  const nameOf = (resource: TemplateResource): string => {
    const { logicalId, type } = resource;
    const known = names.get(logicalId);
    if (known !== undefined) return known;
    const property = NAME_PROPERTIES[type] ?? '';
    const place = { file, logicalId, type, property };
    if (pending.has(logicalId)) throw templateError(place, 'its name refers to itself');
    pending.add(logicalId);
    const given = resolveIntrinsics(resource.properties[property], references, place);
    pending.delete(logicalId);
    const name = typeof given === 'string' && given !== '' ? given : `${stackName}-${logicalId}`;
    names.set(logicalId, name);
    return name;
  };

  const references: References = {
    stackName,
    ref(logicalId) {
      const resource = resources.get(logicalId);
      return resource === undefined ? undefined : refOf(resource, nameOf(resource));
    },
    attribute(logicalId, attribute) {
      const resource = resources.get(logicalId);
      if (resource === undefined) return undefined;
      return attributeOf(resource, nameOf(resource), attribute, references, file);
    },
  };

  const existing = (logicalId: string): TemplateResource => {
    const resource = resources.get(logicalId);
    if (resource === undefined) throw new Error(`${file}: no resource ${logicalId}`);
    return resource;
  };
  return {
    ...references,
    name: (logicalId) => nameOf(existing(logicalId)),
    arn(logicalId) {
      const arn = references.attribute(logicalId, 'Arn');
      if (arn === undefined) throw new Error(`${file}: resource ${existing(logicalId).type} ${logicalId} has no ARN`);
      return arn;
    },
  };
}

function refOf(resource: TemplateResource, name: string): string {
  switch (resource.type) {
    case 'AWS::SQS::Queue':
      return `https://sqs.${LOCAL_REGION}.amazonaws.com/${LOCAL_ACCOUNT}/${name}`;
    case 'AWS::ApiGateway::RestApi':
    case 'AWS::ApiGateway::Resource':
      return resource.logicalId;
    default:
      return name;
  }
}

function attributeOf(
  resource: TemplateResource,
  name: string,
  attribute: string,
  references: References,
  file: string,
): string | undefined {
  switch (`${resource.type} ${attribute}`) {
    case 'AWS::Lambda::Function Arn':
      return localArn('lambda', `function:${name}`);
    case 'AWS::SQS::Queue Arn':
      return localArn('sqs', name);
    case 'AWS::SQS::Queue QueueName':
    case 'AWS::Events::EventBus Name':
      return name;
    case 'AWS::SQS::Queue QueueUrl':
      return refOf(resource, name);
    case 'AWS::Events::EventBus Arn':
      return localArn('events', `event-bus/${name}`);
    case 'AWS::Events::Rule Arn':
      return localArn('events', `rule/${busPrefix(resource, references, file)}${name}`);
    case 'AWS::DynamoDB::Table Arn':
      return localArn('dynamodb', `table/${name}`);
    case 'AWS::DynamoDB::Table StreamArn':
      return localArn('dynamodb', `table/${name}/stream/${STREAM_LABEL}`);
    case 'AWS::ECS::Cluster Arn':
      return localArn('ecs', `cluster/${name}`);
    case 'AWS::ApiGateway::RestApi RootResourceId':
      return `${resource.logicalId}/root`;
    case 'AWS::IAM::Role Arn':
      return `arn:aws:iam::${LOCAL_ACCOUNT}:role/${name}`;
    case 'AWS::Logs::LogGroup Arn':
      return localArn('logs', `log-group:${name}:*`);
    default:
      return inertAttribute(resource.type, name, attribute);
  }
}

/** Resources without effect have ARNs and ids all the same, since an environment variable may carry one. */
function inertAttribute(type: string, name: string, attribute: string): string | undefined {
  if (findInertResource(type) === undefined) return undefined;
  if (attribute.endsWith('Id')) return name;
  const service = type.split('::')[1]?.toLowerCase();
  return attribute === 'Arn' && service !== undefined ? localArn(service, name) : undefined;
}

function busPrefix(rule: TemplateResource, references: References, file: string): string {
  const place = { file, logicalId: rule.logicalId, type: rule.type, property: 'EventBusName' };
  const bus = resolveIntrinsics(rule.properties['EventBusName'], references, place);
  return typeof bus === 'string' && bus !== 'default' ? `${bus}/` : '';
}
