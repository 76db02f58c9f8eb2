import { describe, expect, test } from 'vitest';
import { parseClusterQuery, type QueriedInstance } from '../../../localstack/ecs/cluster-query.ts';
import { aTask } from './a-task.ts';
import { anInstance } from './an-instance.ts';

const queried: QueriedInstance = {
  instance: anInstance({
    ec2InstanceId: 'i-0abc',
    attributes: { 'ecs.instance-type': 'g2.small', 'ecs.availability-zone': 'us-east-1a', ssd: null, rack: 'r1 east' },
    registeredAt: Date.parse('2018-02-12T22:28:28Z'),
  }),
  live: [aTask({ group: 'service:production', lastStatus: 'RUNNING' }), aTask({ group: 'database' })],
};

describe('a cluster query holds', () => {
  test.each<[string, boolean]>([
    ['attribute:ecs.instance-type == g2.small', true],
    ['attribute:ecs.instance-type equals t2.small', false],
    ['attribute:ecs.instance-type not_equals t2.small', true],
    ['attribute:ecs.availability-zone in [us-east-1a, us-east-1b]', true],
    ['attribute:ecs.availability-zone !in [us-east-1a, us-east-1b]', false],
    ['attribute:ecs.availability-zone not_in [us-east-1c]', true],
    ['attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d', true],
    ['attribute:ecs.instance-type !~ g2.*', false],
    ['attribute:ecs.instance-type =~ g2', false],
    ["attribute:ecs.instance-type matches '[fg]2[.]small'", true],
    ["attribute:rack == 'r1 east'", true],
    ['attribute:ssd exists', true],
    ['attribute:ssd !exists', false],
    ['attribute:hdd not_exists', true],
    ['attribute:hdd != x', true],
    ['task:group == service:production', true],
    ['not(task:group == database)', false],
    ['!(task:group == other)', true],
    ['runningTasksCount == 1', true],
    ['runningTasksCount >= 2', false],
    ['runningTasksCount<10', true],
    ['agentVersion < 1.14.5', true],
    ['agentVersion greater_than 0.99.0', true],
    ['agentConnected == true', true],
    ['registeredAt < 2018-02-13', true],
    ['registeredAt > 2018-02-12T22:28:27', true],
    ['registeredAt == 2018-02-12T22:28:28+00:00', true],
    ["ec2InstanceId in ['i-abcd1234', 'i-0abc']", true],
    ['(agentConnected == false or runningTasksCount == 1) and attribute:ssd exists', true],
    ['agentConnected == false || runningTasksCount == 1 && attribute:ssd !exists', false],
    ['agentConnected == true || runningTasksCount == 5 && attribute:ssd !exists', true],
  ])('%s: %s', (text, expected) => {
    expect(parseClusterQuery(text)(queried)).toBe(expected);
  });
});

describe('what is no cluster query', () => {
  test.each([
    ['', "Invalid expression '': expected a subject, found the end"],
    ['host == a', "Invalid subject 'host'; there are agentConnected, "],
    ['agentConnected is true', "Invalid operator 'is' after agentConnected"],
    ['agentConnected ==', 'expected an argument, found the end'],
    ['agentConnected == true agentVersion == 1', "expected the end, found 'agentVersion'"],
    ['(agentConnected == true', "expected ')', found the end"],
    ['ec2InstanceId in i-1', "expected '[', found 'i-1'"],
    ['ec2InstanceId in [i-1', "expected ']', found the end"],
    ["attribute:a =~ '('", "Invalid pattern '('"],
    ['registeredAt > soon', "Invalid date 'soon'"],
    ["attribute:a == 'b", 'Invalid expression'],
  ])('%j', (text, message) => {
    expect(() => parseClusterQuery(text)).toThrow(message);
  });
});
