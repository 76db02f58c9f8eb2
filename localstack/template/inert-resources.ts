/** A resource type that is accepted and does nothing on this machine, with the reason. `*` ends a family of types. */
export interface InertResource {
  readonly type: string;
  readonly reason: string;
}

/** The resource types without effect here. Their properties are not looked at; their names and ARNs can be referred to. */
export const INERT_RESOURCES: readonly InertResource[] = [
  { type: 'AWS::IAM::*', reason: 'there are no permissions on one machine; every function has its own access key id' },
  { type: 'AWS::Lambda::Permission', reason: 'there are no permissions on one machine' },
  { type: 'AWS::SQS::QueuePolicy', reason: 'there are no permissions on one machine' },
  { type: 'AWS::Events::EventBusPolicy', reason: 'there are no permissions on one machine' },
  { type: 'AWS::KMS::*', reason: 'data stay on this machine' },
  { type: 'AWS::Logs::*', reason: 'nothing is measured or passed on; log groups themselves are executed' },
  { type: 'AWS::CloudWatch::*', reason: 'nothing is measured' },
  { type: 'AWS::EC2::*', reason: 'everything is on loopback, and agents are started by the local cloud' },
  { type: 'AWS::AutoScaling::*', reason: 'agents are started by the local cloud' },
  { type: 'AWS::ECS::CapacityProvider', reason: 'agents are started by the local cloud' },
  { type: 'AWS::ECS::ClusterCapacityProviderAssociations', reason: 'agents are started by the local cloud' },
  { type: 'AWS::ApiGateway::Account', reason: 'requests are not logged' },
  { type: 'AWS::ApiGateway::Deployment', reason: 'the template as it stands is what is served' },
  { type: 'AWS::CDK::Metadata', reason: 'statistics for the makers of the CDK' },
];

/** The entry for a resource type, or undefined when the type is not among those without effect. */
export function findInertResource(type: string): InertResource | undefined {
  return INERT_RESOURCES.find((entry) =>
    entry.type.endsWith('*') ? type.startsWith(entry.type.slice(0, -1)) : type === entry.type,
  );
}
