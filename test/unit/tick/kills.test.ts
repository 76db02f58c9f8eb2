import { describe, expect, it } from 'vitest';
import type { StopOutcome } from '../../../lib/gateways/cluster.ts';
import type { TaskArn } from '../../../lib/model/ids.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { type ControlPlane, createControlPlane } from '../../simulation/control-plane.ts';

const APP = resolvePathId('/app');

interface Kills {
  readonly plane: ControlPlane;
  /** When each was sent, seconds after the order to scale down. */
  readonly sentAt: readonly number[];
}

/**
 * An app of two instances is scaled to one a few seconds after a timer, and from then on no event of ECS arrives.
 * `answer`: what StopTask says, if it is not what the simulated ECS says.
 */
async function killWithoutEvents(answer?: StopOutcome): Promise<Kills> {
  let lost = false;
  let orderedAt = 0;
  const sentAt: number[] = [];
  const plane = createControlPlane({
    agents: 1,
    eventDelays: () => (lost ? [] : [5]),
    gatewaysOf: (_process, { cluster }) => ({
      cluster: {
        ...cluster,
        stopTask: async (arn: TaskArn, reason: string) => {
          sentAt.push(Math.floor((plane.clock.now() - orderedAt) / 1000));
          return answer ?? cluster.stopTask(arn, reason);
        },
      },
    }),
  });
  await plane.request('POST', '/v2/apps', { id: APP, cmd: './serve', cpus: 0.1, mem: 32, instances: 2 });
  await plane.clock.pass(4_000);
  expect(plane.cluster.running()).toHaveLength(2);
  lost = true;
  orderedAt = plane.clock.now();
  await plane.request('PUT', '/v2/apps/app', { instances: 1 });
  await plane.clock.pass(35_000);
  return { plane, sentAt };
}

const endsOf = ({ published }: ControlPlane): readonly unknown[] =>
  published.flatMap((event) =>
    event.eventType === 'status_update_event' && /KILLED|GONE/.test(String(event['taskStatus']))
      ? [event['taskStatus']]
      : [],
  );

describe('a kill whose end is not told', () => {
  it('is sent again, and the answer tells of the end, which is acted upon at once', async () => {
    const { plane, sentAt } = await killWithoutEvents();
    expect(sentAt).toEqual([0, 30]);
    expect(await plane.state.instances.list(APP)).toHaveLength(1);
    expect(endsOf(plane)).toEqual(['TASK_KILLED']);
    expect(plane.errors).toEqual([]);
  });

  it('is of a task that has vanished, once ECS has not known it for so long', async () => {
    const { plane, sentAt } = await killWithoutEvents({ kind: 'gone' });
    expect(sentAt).toEqual([0, 30]);
    expect(endsOf(plane)).toEqual(['TASK_GONE']);
    expect(await plane.state.instances.list(APP)).toHaveLength(1);
    expect(plane.errors).toEqual([]);
  });

  it('is tried again each second while ECS refuses to be asked that often', async () => {
    const { plane, sentAt } = await killWithoutEvents({ kind: 'throttled' });
    expect([...new Set(sentAt)].slice(0, 4)).toEqual([0, 1, 2, 3]);
    expect(await plane.state.instances.list(APP)).toHaveLength(2);
    expect(endsOf(plane)).toEqual([]);
  });
});
