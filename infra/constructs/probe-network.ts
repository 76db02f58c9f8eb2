import { Stack } from 'aws-cdk-lib';
import { CfnVPCEndpoint } from 'aws-cdk-lib/aws-ec2';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StrideConfig } from '../config.ts';
import type { StrideFunction } from './stride-function.ts';

/** What Lambda needs to reach into a network; IAM knows no resource for any of them before they exist. */
const NETWORK_INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
];

/**
 * Puts the prober into the network of the container instances, whose private addresses it asks. From there it reaches
 * the state table alone, through a gateway endpoint, which costs nothing (design §5). Without subnets in the
 * configuration it stays outside, and reaches public addresses only.
 */
export class ProbeNetwork extends Construct {
  constructor(scope: Construct, id: string, props: { readonly config: StrideConfig; readonly prober: StrideFunction }) {
    super(scope, id);
    const { config, prober } = props;
    if (config.healthSubnetIds.length === 0) return;
    prober.allow({ actions: NETWORK_INTERFACES, resources: ['*'] });
    const resource = prober.function.node.defaultChild;
    if (!(resource instanceof CfnFunction)) throw new Error('The prober is no Lambda function');
    resource.vpcConfig = { subnetIds: config.healthSubnetIds, securityGroupIds: config.healthSecurityGroupIds };
    if (config.healthVpcId === '') return;
    new CfnVPCEndpoint(this, 'Table', {
      vpcId: config.healthVpcId,
      vpcEndpointType: 'Gateway',
      serviceName: `com.amazonaws.${Stack.of(this).region}.dynamodb`,
      routeTableIds: config.healthRouteTableIds,
    });
  }
}
