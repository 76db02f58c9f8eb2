import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { Permission } from './stride-function.ts';

const COMMON = {
  partitionKey: { name: 'pk', type: AttributeType.STRING },
  sortKey: { name: 'sk', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  timeToLiveAttribute: 'ttl',
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  encryption: TableEncryption.AWS_MANAGED,
  removalPolicy: RemovalPolicy.RETAIN,
};

const READ = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'];
const WRITE = ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];

/** The two tables: `state`, whose stream publishes and wakes, and `events`, the log that `/v2/events` reads. */
export class StateTables extends Construct {
  readonly state: Table;
  readonly events: Table;
  /** ARN of the stream of `state`: the item as each write left it. */
  readonly stream: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.state = new Table(this, 'State', { ...COMMON, stream: StreamViewType.NEW_IMAGE });
    this.events = new Table(this, 'Events', COMMON);
    if (this.state.tableStreamArn === undefined) throw new Error('The state table has no stream');
    this.stream = this.state.tableStreamArn;
  }
}

/** The calls of the store adapter that read one table. */
export const readItems = (table: Table): Permission => ({ actions: READ, resources: [table.tableArn] });

/** All calls of the store adapter on one table: single items only, no scan, no transaction. */
export const readAndWriteItems = (table: Table): Permission => ({
  actions: [...READ, ...WRITE].sort(),
  resources: [table.tableArn],
});
