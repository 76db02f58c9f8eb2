import { expect, test } from 'vitest';
import { compileEventPattern } from '../../../localstack/event-bridge/event-pattern.ts';

const EVENT = {
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  resources: ['arn:a', 'arn:b'],
  detail: {
    clusterArn: 'arn:cluster/stride',
    version: 3,
    nothing: null,
    empty: [],
    running: true,
    containers: [
      { name: 'a', exitCode: 0 },
      { name: 'b', exitCode: 1 },
    ],
  },
};

test.each<[string, unknown, boolean]>([
  ['one value', { source: ['aws.ecs'] }, true],
  ['one of several values', { source: ['aws.ec2', 'aws.ecs'] }, true],
  ['another value', { source: ['aws.ec2'] }, false],
  ['all fields must match', { source: ['aws.ecs'], 'detail-type': ['other'] }, false],
  ['nested fields', { detail: { clusterArn: ['arn:cluster/stride'] } }, true],
  ['numbers', { detail: { version: [3] } }, true],
  ['a number is not its text', { detail: { version: ['3'] } }, false],
  ['booleans', { detail: { running: [true] } }, true],
  ['null', { detail: { nothing: [null] } }, true],
  ['null is not absence', { detail: { absent: [null] } }, false],
  ['any member of a list', { resources: ['arn:b'] }, true],
  ['a member of no list', { resources: ['arn:c'] }, false],
  ['an object in a list', { detail: { containers: { name: ['b'], exitCode: [1] } } }, true],
  ['fields of one object in a list, not of two', { detail: { containers: { name: ['a'], exitCode: [1] } } }, false],
  ['prefix', { source: [{ prefix: 'aws.' }] }, true],
  ['another prefix', { source: [{ prefix: 'stride' }] }, false],
  ['prefix or value', { source: [{ prefix: 'x' }, 'aws.ecs'] }, true],
  ['exists', { detail: { version: [{ exists: true }] } }, true],
  ['exists, absent', { detail: { absent: [{ exists: true }] } }, false],
  ['not exists', { detail: { absent: [{ exists: false }] } }, true],
  ['not exists below what is absent', { absent: { deep: [{ exists: false }] } }, true],
  ['not exists, present', { detail: { version: [{ exists: false }] } }, false],
  ['an object does not exist as a value (EventBridge looks at leaves)', { detail: [{ exists: true }] }, false],
  ['an empty list does not exist', { detail: { empty: [{ exists: true }] } }, false],
  ['null exists', { detail: { nothing: [{ exists: true }] } }, true],
])('%s', (_name, pattern, expected) => {
  expect(compileEventPattern(pattern)(EVENT)).toBe(expected);
});

test.each<[string, unknown, string]>([
  ['anything-but', { source: [{ 'anything-but': 'x' }] }, 'operator anything-but at source'],
  ['numeric', { detail: { version: [{ numeric: ['>', 1] }] } }, 'operator numeric at detail.version'],
  ['$or', { $or: [{ source: ['a'] }] }, 'operator $or at $or'],
  ['exists of a text', { source: [{ exists: 'yes' }] }, 'operator exists at source'],
  ['two operators', { source: [{ prefix: 'a', suffix: 'b' }] }, 'operator prefix, suffix at source'],
  ['a bare value', { source: 'aws.ecs' }, 'source must be a list of values or an object'],
  ['an empty list', { source: [] }, 'source allows no value'],
  ['a list in a list', { source: [['a']] }, 'source nests a list'],
  ['no object', ['a'], 'an event pattern is a JSON object'],
])('%s is refused by name', (_name, pattern, problem) => {
  expect(() => compileEventPattern(pattern)).toThrow(problem);
});
