import { Duration } from 'aws-cdk-lib';
import type { CfnCluster } from 'aws-cdk-lib/aws-ecs';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StrideConfig } from '../config.ts';

const DEAD_LETTER_DAYS = 14;

/** A queue for what could not be handled; kept as long as SQS keeps anything. */
export function deadLetterQueue(scope: Construct, id: string): Queue {
  return new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(DEAD_LETTER_DAYS),
  });
}

/** Where events come from and go to: ECS's events to the queue, the wake event and the timer to the tick. */
export class EventRoutes extends Construct {
  /** ECS events of our cluster, for `functions/events/ingest`. */
  readonly queue: Queue;
  /** Marathon's events for users' rules, and the wake event. */
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, props: { readonly cluster: CfnCluster; readonly config: StrideConfig }) {
    super(scope, id);
    const { cluster, config } = props;
    this.bus = new EventBus(this, 'Bus', { eventBusName: config.bus });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(config.ingestVisibilitySeconds),
      deadLetterQueue: { queue: deadLetterQueue(this, 'DeadLetters'), maxReceiveCount: config.ingestMaxReceives },
    });
    new Rule(this, 'ClusterEvents', {
      description: 'Tasks and container instances of our cluster that change state',
      eventPattern: {
        source: [config.clusterEventSource],
        detailType: ['ECS Task State Change', 'ECS Container Instance State Change'],
        detail: { clusterArn: [cluster.attrArn] },
      },
      targets: [new SqsQueue(this.queue)],
    });
  }

  /** The tick's word that nobody asks the tasks of one shard for their health. */
  probes(prober: IFunction): void {
    new Rule(this, 'Probe', {
      eventBus: this.bus,
      description: 'Tasks whose health nobody asks for',
      eventPattern: { source: ['stride'], detailType: ['probe'] },
      targets: [new LambdaFunction(prober)],
    });
  }

  /** The two ways to the tick: at once when a write asks for it, and each minute whatever happened. */
  wakes(tick: IFunction): void {
    new Rule(this, 'Wake', {
      eventBus: this.bus,
      description: 'A change that the tick must look at, while no tick runs',
      eventPattern: { source: ['stride'], detailType: ['wake'] },
      targets: [new LambdaFunction(tick)],
    });
    new Rule(this, 'EachMinute', {
      description: 'The timer for truth: the tick runs even if every event is lost',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(tick)],
    });
  }
}
