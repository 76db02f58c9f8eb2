import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../lib/gateways/memory-store.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { createState, type State } from '../../../lib/state/state.ts';
import { EPOCH } from '../../fixtures/an-app.ts';

const UNTIL = EPOCH + 6_000;
let coordination: State['coordination'];
let other: State['coordination'];
beforeEach(() => {
  const store = createMemoryStore();
  coordination = createState(store, 'stride').coordination;
  other = createState(store, 'other').coordination;
});

describe('the lease', () => {
  it('belongs to nobody at first', async () => {
    expect(await coordination.readLease()).toEqual({ owner: '', fence: 0, until: 0, wake: 0 });
  });

  it('goes to one of all who ask, with a higher fence for each holder', async () => {
    const asked = await Promise.all(['a', 'b', 'c'].map((owner) => coordination.acquireLease(owner, EPOCH, UNTIL)));
    expect(asked.filter((lease) => lease !== undefined)).toEqual([{ owner: 'a', fence: 1, until: UNTIL, wake: 0 }]);
    await coordination.letGo('a');
    expect(await coordination.acquireLease('b', EPOCH, UNTIL)).toEqual({ owner: 'b', fence: 2, until: UNTIL, wake: 0 });
  });

  it('is free again when its time is over, not before', async () => {
    await coordination.acquireLease('a', EPOCH, UNTIL);
    expect(await coordination.acquireLease('b', UNTIL - 1, UNTIL + 6_000)).toBeUndefined();
    expect(await coordination.acquireLease('b', UNTIL, UNTIL + 6_000)).toEqual({
      owner: 'b',
      fence: 2,
      until: UNTIL + 6_000,
      wake: 0,
    });
  });

  it('is renewed by its holder alone', async () => {
    await coordination.acquireLease('a', EPOCH, UNTIL);
    const calls = { tokens: 1.5, at: EPOCH };
    const renewed = { owner: 'a', fence: 1, until: UNTIL + 1, wake: 0, calls };
    expect(await coordination.renewLease('a', UNTIL + 1, calls)).toEqual(renewed);
    // What is left of the calls goes on to the next holder.
    expect(await coordination.acquireLease('b', UNTIL + 1, UNTIL + 9_000)).toMatchObject({ owner: 'b', calls });
    expect(await coordination.renewLease('a', UNTIL + 20_000, { tokens: 9, at: EPOCH })).toBeUndefined();
    expect((await coordination.readLease()).calls).toEqual(calls);
    expect((await coordination.readLease()).until).toBe(UNTIL + 9_000);
  });

  it('is let go only when nobody woke the holder since it looked', async () => {
    await coordination.acquireLease('a', EPOCH, UNTIL);
    expect(await coordination.wake()).toEqual({ owner: 'a', fence: 1, until: UNTIL, wake: 1 });
    expect(await coordination.releaseLease('a', 0)).toBe(false);
    expect((await coordination.readLease()).owner).toBe('a');
    expect(await coordination.releaseLease('a', 1)).toBe(true);
    expect(await coordination.readLease()).toEqual({ owner: '', fence: 1, until: 0, wake: 1 });
  });

  it('is released at once when it was never woken, and when it was lost', async () => {
    await coordination.acquireLease('a', EPOCH, UNTIL);
    expect(await coordination.releaseLease('a', 0)).toBe(true);
    await coordination.acquireLease('b', EPOCH, UNTIL);
    expect(await coordination.releaseLease('a', 0)).toBe(true);
    expect((await coordination.readLease()).owner).toBe('b');
  });

  it('is let go in the end whoever woke its holder, and never another’s', async () => {
    await coordination.acquireLease('a', EPOCH, UNTIL);
    await coordination.wake();
    await coordination.letGo('b');
    expect((await coordination.readLease()).owner).toBe('a');
    await coordination.letGo('a');
    expect(await coordination.readLease()).toEqual({ owner: '', fence: 1, until: 0, wake: 1 });
  });

  it('counts wakes before there was ever a holder', async () => {
    expect(await coordination.wake()).toEqual({ owner: '', fence: 0, until: 0, wake: 1 });
    expect(await coordination.wake()).toEqual({ owner: '', fence: 0, until: 0, wake: 2 });
    expect((await coordination.acquireLease('a', EPOCH, UNTIL))?.wake).toBe(2);
  });

  it('is one for each scheduler of a table', async () => {
    await coordination.acquireLease('a', EPOCH, UNTIL);
    expect((await other.acquireLease('b', EPOCH, UNTIL))?.fence).toBe(1);
  });
});

describe('dirty marks', () => {
  const [a, b] = [resolvePathId('/a'), resolvePathId('/b')];

  it('are one for each run spec, the newest', async () => {
    await coordination.markDirty({ runSpec: b, mark: '1' });
    await coordination.markDirty({ runSpec: a, mark: '2' });
    await coordination.markDirty({ runSpec: b, mark: '3' });
    expect(await coordination.listDirty()).toEqual([
      { runSpec: a, mark: '2' },
      { runSpec: b, mark: '3' },
    ]);
    expect(await other.listDirty()).toEqual([]);
  });

  it('stay when they were made again since they were read', async () => {
    const [first, second] = ['1', '2'].map((mark) => ({ runSpec: a, mark }));
    if (first === undefined || second === undefined) throw new Error('two marks');
    await coordination.markDirty(first);
    await coordination.markDirty(second);
    expect(await coordination.clearDirty(first)).toBe(false);
    expect(await coordination.clearDirty(second)).toBe(true);
    await coordination.markDirty(first);
    expect(await coordination.clearDirty(second)).toBe(false);
    expect(await coordination.clearDirty(first)).toBe(true);
    expect(await coordination.listDirty()).toEqual([]);
  });
});
