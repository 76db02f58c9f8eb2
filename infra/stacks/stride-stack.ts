import { CfnOutput, DefaultStackSynthesizer, type IStackSynthesizer, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnCluster } from 'aws-cdk-lib/aws-ecs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { StrideConfig } from '../config.ts';
import { EventRoutes } from '../constructs/event-routes.ts';
import { StrideFunctions } from '../constructs/functions.ts';
import { MarathonApi } from '../constructs/rest-api.ts';
import { StateTables } from '../constructs/state-tables.ts';

/** The whole control plane. The cluster begins empty: container instances join it by its name. */
export class StrideStack extends Stack {
  constructor(scope: Construct, id: string, config: StrideConfig) {
    super(scope, id, {
      description: "Stride: Marathon's API and scheduling on ECS",
      analyticsReporting: false,
      // Its rule needs a parameter and intrinsics that nothing else here does; `cdk deploy` makes the same check itself.
      // The CDK's class and interface differ in exactly optional properties only: no check can tell them apart.
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer,
    });
    const tables = new StateTables(this, 'Tables');
    const cluster = new CfnCluster(this, 'Cluster', { clusterName: config.cluster });
    const routes = new EventRoutes(this, 'Routes', { cluster, config });
    const taskLogs = new LogGroup(this, 'TaskLogs', {
      logGroupName: `/stride/${config.scheduler}/tasks`,
      retention: config.taskLogRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const functions = new StrideFunctions(this, 'Functions', { cluster, config, routes, tables, taskLogs });
    routes.wakes(functions.tick.function);
    routes.probes(functions.health.function);
    new MarathonApi(this, 'MarathonApi', {
      config,
      api: functions.api.function,
      lists: functions.lists.function,
      stream: functions.stream.function,
    });
    new CfnOutput(this, 'ClusterName', { value: cluster.ref, description: 'ECS_CLUSTER of container instances' });
    new CfnOutput(this, 'TaskLogGroup', { value: taskLogs.logGroupName, description: 'Log group of what tasks print' });
    new CfnOutput(this, 'BusName', { value: routes.bus.eventBusName, description: "Bus of Marathon's events" });
  }
}
