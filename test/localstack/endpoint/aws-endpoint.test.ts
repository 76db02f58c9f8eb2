import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type AwsEndpoint, createAwsEndpoint } from '../../../localstack/endpoint/aws-endpoint.ts';
import { type AwsCall, AwsError, type AwsService } from '../../../localstack/endpoint/aws-service.ts';
import { ConnectionCut } from '../../../localstack/faults/under-faults.ts';

let answer: (call: AwsCall) => unknown;
const calls: AwsCall[] = [];
const service = (name: AwsService['name'], protocol: 'json1.1' | 'ec2Query'): AwsService => ({
  name,
  protocol,
  operations: [],
  async call(call) {
    calls.push(call);
    return answer(call);
  },
});

let endpoint: AwsEndpoint;
let base: string;
const settings = {
  region: 'local',
  credentials: { accessKeyId: 'AKIAFUNCTION7', secretAccessKey: 's' },
  maxAttempts: 1,
};
beforeEach(async () => {
  calls.length = 0;
  answer = () => ({});
  endpoint = createAwsEndpoint([service('ecs', 'json1.1'), service('events', 'json1.1'), service('ec2', 'ec2Query')]);
  base = await endpoint.listen();
});
afterEach(() => endpoint.close());

const post = (path: string, init: RequestInit = {}) =>
  fetch(`${base}${path}`, {
    method: 'POST',
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=K/20260101/local/x/aws4_request, Signature=0' },
    ...init,
  });

test('clients reach their service by AWS_ENDPOINT_URL_…; the caller is the access key', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_EVENTBRIDGE', `${base}/events`);
  const client = new EventBridgeClient(settings);
  answer = () => ({ FailedEntryCount: 0, Entries: [{ EventId: 'e1' }] });
  const Time = new Date('2026-01-02T03:04:05.250Z');
  const { Entries } = await client.send(new PutEventsCommand({ Entries: [{ Source: 'a', Time }] }));
  client.destroy();
  vi.unstubAllEnvs();
  expect(Entries).toEqual([{ EventId: 'e1' }]);
  expect(calls).toEqual([
    {
      operation: 'PutEvents',
      input: { Entries: [{ Source: 'a', Time: Time.getTime() / 1000 }] },
      accessKeyId: 'AKIAFUNCTION7',
    },
  ]);
});

describe('errors reach the SDK by their names', () => {
  const list = async () => {
    const client = new ECSClient({ ...settings, endpoint: `${base}/ecs` });
    await client.send(new ListClustersCommand({})).finally(() => client.destroy());
  };
  test('an AwsError as it is', async () => {
    answer = () => {
      throw new AwsError('ClusterNotFoundException', 'Cluster not found.', 400);
    };
    await expect(list()).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
      message: 'Cluster not found.',
      $metadata: { httpStatusCode: 400 },
    });
  });
  test('a defect as InternalFailure, and on the console', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    answer = () => {
      throw new TypeError('boom');
    };
    await expect(list()).rejects.toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } });
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });
});

test('a cut connection: the client has no answer, and nothing is logged as a defect', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  answer = () => {
    throw new ConnectionCut('test');
  };
  const client = new ECSClient({ ...settings, endpoint: `${base}/ecs` });
  await expect(client.send(new ListClustersCommand({}))).rejects.toMatchObject({ code: 'ECONNRESET' });
  answer = () => ({ clusterArns: ['a'] });
  expect(await client.send(new ListClustersCommand({}))).toMatchObject({ clusterArns: ['a'] });
  client.destroy();
  expect(log).not.toHaveBeenCalled();
  log.mockRestore();
});

test.each<[string, () => Promise<Response>, number, RegExp]>([
  ['an unknown service', () => post('/s3/'), 404, /no AWS service at \/s3\/; served are \/ecs, \/events, \/ec2/],
  ['no signature', () => post('/ecs/', { headers: { 'x-amz-target': 'A.B' } }), 403, /MissingAuthenticationToken/],
  ['no operation', () => post('/ecs/'), 400, /UnknownOperationException/],
  ['no action', () => post('/ec2/', { body: 'Version=1' }), 400, /<Code>MissingAction<\/Code>/],
  [
    'no JSON',
    () => post('/ecs/', { headers: { 'x-amz-target': 'A.B' }, body: '{' }),
    400,
    /SerializationException.*the body is not JSON/,
  ],
  ['too large a body', () => post('/ecs/', { body: 'x'.repeat(2 * 1024 * 1024 + 1) }), 413, /RequestEntityTooLarge/],
])('%s is refused', async (_name, send, status, body) => {
  const response = await send();
  expect([response.status, await response.text()]).toEqual([status, expect.stringMatching(body)]);
  expect(calls).toEqual([]);
});

test('ec2Query: dotted names become objects and lists, answers XML with every character kept', async () => {
  answer = () => ({
    reservationSet: [{ ownerId: '<&>', groupSet: [] }],
    nextToken: undefined,
    at: new Date(0),
  });
  const body = 'Action=Foo&Version=2016-11-15&Filter.2.Name=b&Filter.1.Name=a&Filter.1.Value.1=x%20y&DryRun=true';
  const response = await post('/ec2/', { body });
  expect(calls[0]).toMatchObject({
    operation: 'Foo',
    input: { Filter: [{ Name: 'a', Value: ['x y'] }, { Name: 'b' }], DryRun: 'true' },
  });
  expect((await response.text()).replace(/<requestId>[^<]+/, '<requestId>ID')).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<FooResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">' +
      '<requestId>ID</requestId><reservationSet><item><ownerId>&lt;&amp;&gt;</ownerId><groupSet></groupSet></item>' +
      '</reservationSet><at>1970-01-01T00:00:00.000Z</at></FooResponse>',
  );
});
