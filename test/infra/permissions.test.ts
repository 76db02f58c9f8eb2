import { beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { type SynthesizedStack, synthesizedStack } from './synthesized.ts';

const many = z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(z.unknown()));
const policySchema = z.object({
  PolicyDocument: z.object({
    Statement: z.array(
      z.object({ Effect: z.literal('Allow'), Action: many, Resource: many, Condition: z.unknown().optional() }),
    ),
  }),
});

/** `dynamodb:GetItem on State`, with `if` for conditions: one line for each action and resource. */
function permissionsOf({ resources }: SynthesizedStack, name: string): string[] {
  const policies = Object.entries(resources).filter(
    ([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith(`Functions${name}Role`),
  );
  return policies
    .flatMap(([, { Properties }]) => policySchema.parse(Properties).PolicyDocument.Statement)
    .flatMap(({ Action, Resource, Condition }) =>
      Action.flatMap((action) =>
        Resource.map(
          (resource) =>
            `${String(action)} on ${nameOf(resource)}${Condition === undefined ? '' : ` if ${nameOf(Condition)}`}`,
        ),
      ),
    )
    .sort();
}

/** An ARN expression as short text: logical ids without their hashes, pseudo parameters without `AWS::`. */
function nameOf(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll(/\{"Fn::GetAtt":\["(?:Routes|Tables|Functions)?(\w+?)(?:[0-9A-F]{8})?","(\w+)"\]\}/g, '<$1.$2>')
    .replaceAll(/\{"Ref":"AWS::(\w+)"\}/g, '<$1>')
    .replaceAll(/\{"Fn::Join":\["",\[(.*?)\]\]\}/g, (_all, parts: string) => parts.replaceAll(/[",]/g, ''))
    .replaceAll('"', '');
}

const log = (name: string) => [`logs:CreateLogStream on <${name}Logs.Arn>`, `logs:PutLogEvents on <${name}Logs.Arn>`];
const read = (table: string) =>
  ['BatchGetItem', 'GetItem', 'Query'].map((action) => `dynamodb:${action} on <${table}.Arn>`);
const write = (table: string) =>
  ['DeleteItem', 'PutItem', 'UpdateItem'].map((action) => `dynamodb:${action} on <${table}.Arn>`);
const OURS = '<Partition>:ecs:<Region>:<AccountId>';
const IN_CLUSTER = 'if {ArnEquals:{ecs:cluster:<Cluster.Arn>}}';

/** Everything that each function may do. A change here is a change of what an intruder could do. */
const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  Api: [...log('Api'), ...read('State'), ...write('State'), 'logs:GetLogEvents on <TaskLogs.Arn>'],
  Lists: [...log('Lists'), ...read('State')],
  Stream: [...log('Stream'), ...read('State'), ...read('Events'), ...write('Events')],
  Ingest: [
    ...log('Ingest'),
    ...read('State'),
    ...write('State'),
    'sqs:ChangeMessageVisibility on <Queue.Arn>',
    'sqs:DeleteMessage on <Queue.Arn>',
    'sqs:GetQueueAttributes on <Queue.Arn>',
    'sqs:GetQueueUrl on <Queue.Arn>',
    'sqs:ReceiveMessage on <Queue.Arn>',
  ],
  Publish: [
    ...log('Publish'),
    ...read('State'),
    ...write('State'),
    ...read('Events'),
    ...write('Events'),
    'dynamodb:DescribeStream on <State.StreamArn>',
    'dynamodb:GetRecords on <State.StreamArn>',
    'dynamodb:GetShardIterator on <State.StreamArn>',
    'dynamodb:ListStreams on *',
    'events:PutEvents on <Bus.Arn>',
    'sqs:GetQueueAttributes on <Unpublished.Arn>',
    'sqs:GetQueueUrl on <Unpublished.Arn>',
    'sqs:SendMessage on <Unpublished.Arn>',
  ],
  Health: [...log('Health'), ...read('State'), ...write('State')],
  Tick: [
    ...log('Tick'),
    ...read('State'),
    ...write('State'),
    'ec2:DescribeInstances on *',
    `ecs:DescribeContainerInstances on arn:${OURS}:container-instance/stride/* ${IN_CLUSTER}`,
    'ecs:DescribeTaskDefinition on *',
    `ecs:DescribeTasks on arn:${OURS}:task/stride/* ${IN_CLUSTER}`,
    'ecs:ListContainerInstances on <Cluster.Arn>',
    `ecs:ListTasks on * ${IN_CLUSTER}`,
    'ecs:RegisterTaskDefinition on *',
    `ecs:StartTask on arn:${OURS}:task-definition/stride-*:* ${IN_CLUSTER}`,
    `ecs:StopTask on arn:${OURS}:task/stride/* ${IN_CLUSTER}`,
    'events:PutEvents on <Bus.Arn>',
  ],
};

let stack: SynthesizedStack;
beforeAll(async () => {
  stack = await synthesizedStack();
}, 120_000);

test.each(Object.entries(PERMISSIONS))('%s may do exactly this', (name, expected) => {
  expect(permissionsOf(stack, name)).toEqual([...expected].sort());
});

test('there is one role for each function, and no other', () => {
  const roles = Object.entries(stack.resources)
    .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    .map(([id]) => id.replace(/^Functions(\w+)Role\w{8}$/, '$1'));
  expect(roles.sort()).toEqual(Object.keys(PERMISSIONS).sort());
});
