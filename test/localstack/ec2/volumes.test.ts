import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AttachVolumeCommand,
  type AttachVolumeCommandInput,
  CreateVolumeCommand,
  type CreateVolumeCommandInput,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  type DescribeVolumesCommandInput,
  DetachVolumeCommand,
  type DetachVolumeCommandInput,
  type Volume,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentEntry } from '../../../localstack/agents/agent-spec.ts';
import { settleAgents } from '../../../localstack/agents/settle-agents.ts';
import { type LocalAws, startLocalAws } from '../ecs/local-aws.ts';

const agents = settleAgents([
  agentEntry.parse({ host: 'a-1', zone: 'local-a' }),
  agentEntry.parse({ host: 'a-2', zone: 'local-a' }),
  agentEntry.parse({ host: 'b-1', zone: 'local-b' }),
]);
let local: LocalAws;
let now: number;
beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z');
  local = await startLocalAws({ agents, ephemeral: true, now: () => now });
});
afterEach(() => local.close());

const instanceOf = (host: string) => local.control.agents().find((each) => each.host === host)?.ec2InstanceId ?? '';
/** Long enough for every step. */
const pass = () => {
  now += 1000;
};
const create = async (input: Partial<CreateVolumeCommandInput> = {}) =>
  local.ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'local-a', Size: 10, VolumeType: 'gp3', ...input }));
const ready = async (input: Partial<CreateVolumeCommandInput> = {}) => {
  const { VolumeId = '' } = await create(input);
  pass();
  return VolumeId;
};
const attach = (VolumeId: string, host: string, change: Partial<AttachVolumeCommandInput> = {}) =>
  local.ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId: instanceOf(host), Device: '/dev/sdf', ...change }));
const detach = (VolumeId: string, change: Partial<DetachVolumeCommandInput> = {}) =>
  local.ec2.send(new DetachVolumeCommand({ VolumeId, ...change }));
const describeVolumes = (input: DescribeVolumesCommandInput) => local.ec2.send(new DescribeVolumesCommand(input));
const look = async (id: string): Promise<Volume> => {
  const [volume] = (await describeVolumes({ VolumeIds: [id] })).Volumes ?? [];
  if (volume === undefined) throw new Error(`no volume ${id}`);
  return volume;
};
const stateOf = async (id: string) => {
  const { State, Attachments = [] } = await look(id);
  return [State, ...Attachments.map((each) => each.State)];
};
const events = () =>
  local.events
    .filter((event) => event['detail-type'] === 'EBS Volume Notification')
    .map(
      ({ detail }) => `${detail['event']} ${detail['result']}${detail['cause'] === '' ? '' : `: ${detail['cause']}`}`,
    );

test('a volume’s life: states over time, and what the event bus hears of it', async () => {
  const created = await create({ TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'a', Value: 'b' }] }] });
  const id = created.VolumeId ?? '';
  expect(created).toEqual({
    $metadata: expect.anything(),
    VolumeId: expect.stringMatching(/^vol-[0-9a-f]{17}$/),
    State: 'creating',
    AvailabilityZone: 'local-a',
    CreateTime: new Date(now),
    Size: 10,
    VolumeType: 'gp3',
    Iops: 3000,
    Throughput: 125,
    SnapshotId: '',
    Encrypted: false,
    MultiAttachEnabled: false,
    Attachments: [],
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  await expect(attach(id, 'a-1')).rejects.toMatchObject({
    name: 'IncorrectState',
    message: `${id} is not 'available'.`,
  });
  expect(events()).toEqual([]);
  now += 300;
  expect(await stateOf(id)).toEqual(['available']);

  const attachTime = new Date(now);
  const attaching = await attach(id, 'a-1');
  expect(attaching).toMatchObject({
    VolumeId: id,
    InstanceId: instanceOf('a-1'),
    Device: '/dev/sdf',
    State: 'attaching',
    AttachTime: attachTime,
    DeleteOnTermination: false,
  });
  expect(await stateOf(id)).toEqual(['in-use', 'attaching']);
  now += 500;
  expect(await stateOf(id)).toEqual(['in-use', 'attached']);
  const { Reservations } = await local.ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceOf('a-1')] }));
  expect(Reservations?.[0]?.Instances?.[0]?.BlockDeviceMappings).toEqual([
    {
      DeviceName: '/dev/sdf',
      Ebs: { VolumeId: id, Status: 'attached', AttachTime: attachTime, DeleteOnTermination: false },
    },
  ]);

  expect((await detach(id)).State).toBe('detaching');
  expect(await stateOf(id)).toEqual(['in-use', 'detaching']);
  await expect(local.ec2.send(new DeleteVolumeCommand({ VolumeId: id }))).rejects.toMatchObject({
    name: 'VolumeInUse',
  });
  now += 500;
  expect(await stateOf(id)).toEqual(['available']);

  await local.ec2.send(new DeleteVolumeCommand({ VolumeId: id }));
  expect(await stateOf(id)).toEqual(['deleting']);
  now += 200;
  await expect(look(id)).rejects.toMatchObject({
    name: 'InvalidVolume.NotFound',
    message: `The volume '${id}' does not exist.`,
  });
  expect(events()).toEqual(['createVolume available', 'deleteVolume deleted']);
});

describe('CreateVolume', () => {
  test('with a client token makes one volume, and refuses another under it', async () => {
    const first = await create({ ClientToken: 't1' });
    pass();
    const again = await create({ ClientToken: 't1' });
    expect([again.VolumeId, again.State]).toEqual([first.VolumeId, 'available']);
    await expect(create({ ClientToken: 't1', Size: 11 })).rejects.toMatchObject({
      name: 'IdempotentParameterMismatch',
    });
    expect((await describeVolumes({})).Volumes).toHaveLength(1);
  });

  test.each<[string, number, Partial<CreateVolumeCommandInput>, object]>([
    ['gp2', 1, {}, { Iops: 100 }],
    ['gp2', 16_384, {}, { Iops: 16_000 }],
    ['gp3', 65_536, { Iops: 80_000, Throughput: 2000 }, { Iops: 80_000, Throughput: 2000 }],
    ['io1', 4, { Iops: 100 }, { Iops: 100 }],
    ['io2', 65_536, { Iops: 256_000 }, { Iops: 256_000 }],
    ['st1', 125, {}, {}],
    ['standard', 1024, {}, {}],
  ])('takes %s of %i GiB', async (VolumeType, Size, change, performance) => {
    const { Iops, Throughput } = await create({ VolumeType: VolumeType as 'gp2', Size, ...change });
    expect({ Iops, Throughput }).toEqual({ Iops: undefined, Throughput: undefined, ...performance });
  });

  test('takes gp2 when no type is given', async () => {
    expect((await create({ VolumeType: undefined })).VolumeType).toBe('gp2');
  });

  test.each<[Partial<CreateVolumeCommandInput>, string, string]>([
    [{ AvailabilityZone: 'local-z' }, 'InvalidZone.NotFound', "The zone 'local-z' does not exist."],
    [{ VolumeType: 'gp9' as 'gp2' }, 'UnknownVolumeType', "Unsupported volume type 'gp9'"],
    [{ VolumeType: 'gp2', Size: 16_385 }, 'InvalidParameterValue', 'too large for volume type gp2'],
    [{ VolumeType: 'st1', Size: 124 }, 'InvalidParameterValue', 'too small for volume type st1'],
    [{ Iops: 2999 }, 'InvalidParameterValue', 'iops of 2999 is not allowed for gp3'],
    [{ Throughput: 2001 }, 'InvalidParameterValue', 'throughput of 2001 is not allowed for gp3'],
    [{ VolumeType: 'gp2', Iops: 3000 }, 'InvalidParameterCombination', 'iops is not supported for gp2'],
    [{ VolumeType: 'io1' }, 'MissingParameter', 'iops for io1'],
    [{ Size: undefined }, 'MissingParameter', 'size/snapshot'],
    [{ SnapshotId: 'snap-00000000000000000' }, 'InvalidSnapshot.NotFound', 'does not exist'],
    [{ KmsKeyId: 'k' }, 'InvalidParameterDependency', 'KmsKeyId requires'],
    [{ VolumeInitializationRate: 100 }, 'InvalidParameterCombination', 'only for volumes from a snapshot'],
    [{ MultiAttachEnabled: true }, 'InvalidParameterValue', 'MultiAttachEnabled'],
    [
      { TagSpecifications: [{ ResourceType: 'instance', Tags: [] }] },
      'InvalidParameterValue',
      "'instance' is not a valid taggable resource type",
    ],
    [
      { TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'AWS:x', Value: '' }] }] },
      'InvalidParameterValue',
      'reserved for internal use',
    ],
  ])('refuses %o', async (input, name, message) => {
    await expect(create(input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
    expect((await describeVolumes({})).Volumes).toEqual([]);
  });
});

describe('AttachVolume', () => {
  test('is no idempotent call', async () => {
    const id = await ready();
    await attach(id, 'a-1');
    const inUse = { name: 'VolumeInUse', message: `${id} is already attached to an instance` };
    await expect(attach(id, 'a-1')).rejects.toMatchObject(inUse);
    pass();
    await expect(attach(id, 'a-2')).rejects.toMatchObject(inUse);
  });

  test('refuses another zone, a device in use, and what is no device', async () => {
    const id = await ready();
    await expect(attach(id, 'b-1')).rejects.toMatchObject({
      name: 'InvalidVolume.ZoneMismatch',
      message: `The volume '${id}' is not in the same availability zone as instance '${instanceOf('b-1')}'`,
    });
    await attach(await ready(), 'a-1', { Device: 'sdg' });
    for (const Device of ['/dev/sdg', '/dev/xvda']) {
      await expect(attach(id, 'a-1', { Device })).rejects.toMatchObject({
        name: 'InvalidParameterValue',
        message: `Invalid value '${Device}' for unixDevice. Attachment point ${Device} is already in use`,
      });
    }
    await expect(attach(id, 'a-1', { Device: '/dev/disk1' })).rejects.toThrow('is not a valid EBS device name');
    expect(await stateOf(id)).toEqual(['available']);
  });

  test('refuses more than the instance’s type takes', async () => {
    const names = [...'bcdefghijklmnopqrstuvwxyz', 'aa'].map((letter) => `/dev/xvd${letter}`);
    for (const Device of names) await attach(await ready(), 'a-1', { Device });
    expect(names).toHaveLength(26);
    const id = await ready();
    await expect(attach(id, 'a-1', { Device: '/dev/xvdbb' })).rejects.toMatchObject({
      name: 'AttachmentLimitExceeded',
    });
    expect((await attach(id, 'a-2')).State).toBe('attaching');
  });

  test.each<[Partial<AttachVolumeCommandInput>, string]>([
    [{ VolumeId: 'vol-00000000000000000' }, 'InvalidVolume.NotFound'],
    [{ VolumeId: 'disk' }, 'InvalidVolumeID.Malformed'],
    [{ InstanceId: 'i-00000000000000000' }, 'InvalidInstanceID.NotFound'],
    [{ InstanceId: 'web' }, 'InvalidInstanceID.Malformed'],
  ])('refuses %o', async (input, name) => {
    const id = await ready();
    await expect(attach(id, 'a-1', input)).rejects.toMatchObject({ name });
  });

  test('fails, with an event, when the machine dies meanwhile', async () => {
    const id = await ready();
    await attach(id, 'a-1');
    local.control.kill('a-1');
    pass();
    expect(await stateOf(id)).toEqual(['available']);
    expect(events().at(-1)).toBe(`attachVolume failed: ${instanceOf('a-1')} is not running`);
  });
});

describe('DetachVolume', () => {
  test('names volume, instance and device, or just the volume', async () => {
    const id = await ready();
    await expect(detach(id)).rejects.toMatchObject({
      name: 'IncorrectState',
      message: `Volume '${id}' is in the 'available' state.`,
    });
    await attach(id, 'a-1');
    pass();
    const elsewhere = { name: 'InvalidAttachment.NotFound' };
    await expect(detach(id, { InstanceId: instanceOf('a-2') })).rejects.toMatchObject(elsewhere);
    await expect(detach(id, { Device: '/dev/sdg' })).rejects.toMatchObject(elsewhere);
    await detach(id, { InstanceId: instanceOf('a-1'), Device: '/dev/sdf' });
    await expect(detach(id)).rejects.toMatchObject({ name: 'IncorrectState' });
    expect((await detach(id, { Force: true })).State).toBe('detaching');
    expect(await stateOf(id)).toEqual(['available']);
  });

  test('is not needed on a killed machine that returns, and done when the machine is gone for good', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'stride-volumes-'));
    try {
      await local.close();
      local = await startLocalAws({ agents, dataDir, now: () => now });
      const id = await ready();
      await attach(id, 'a-1');
      pass();
      expect(await stateOf(id)).toEqual(['in-use', 'attached']);
      local.control.kill('a-1');
      expect(await stateOf(id)).toEqual(['in-use', 'attached']);
      local.control.return('a-1');
      await local.close();
      local = await startLocalAws({ agents, dataDir, now: () => now });
      expect(await stateOf(id)).toEqual(['in-use', 'attached']);
      await local.close();
      local = await startLocalAws({ agents: agents.slice(1), dataDir, now: () => now });
      expect(await stateOf(id)).toEqual(['available']);
      await local.close();
    } finally {
      await rm(dataDir, { recursive: true });
      local = await startLocalAws({ agents, ephemeral: true });
    }
  });
});

describe('DescribeVolumes', () => {
  test('filters by attachment, zone, state and tags', async () => {
    const used = await ready({ TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'app', Value: '/db' }] }] });
    const free = await ready({ AvailabilityZone: 'local-b', Size: 20 });
    await attach(used, 'a-1');
    const find = async (Name: string, ...Values: string[]) =>
      (await describeVolumes({ Filters: [{ Name, Values }] })).Volumes?.map((volume) => volume.VolumeId);
    expect(await find('attachment.instance-id', instanceOf('a-1'))).toEqual([used]);
    expect(await find('attachment.status', 'attaching', 'attached')).toEqual([used]);
    expect(await find('attachment.device', '/dev/sd*')).toEqual([used]);
    expect(await find('availability-zone', 'local-b')).toEqual([free]);
    expect(await find('size', '20')).toEqual([free]);
    expect(await find('status', 'available')).toEqual([free]);
    expect(await find('tag:app', '/d?')).toEqual([used]);
    expect(await find('tag-key', 'app')).toEqual([used]);
    expect(await find('volume-type', 'io1')).toEqual([]);
    await expect(find('operator.managed', 'true')).rejects.toThrow("does not serve the filter 'operator.managed'");
  });

  test('page by page, each once', async () => {
    const ids = [];
    for (let index = 0; index < 7; index += 1) ids.push(await ready());
    const seen: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await describeVolumes({ MaxResults: 5, ...(NextToken && { NextToken }) });
      seen.push(...(page.Volumes ?? []).map((volume) => volume.VolumeId));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(seen).toEqual(ids.toSorted());
    await expect(describeVolumes({ VolumeIds: ids, MaxResults: 5 })).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
    });
  });
});
