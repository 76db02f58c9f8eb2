import { describe, expect, test } from 'vitest';
import type { WriteCondition } from '../../lib/gateways/store.ts';
import type { StoreTrial } from './store-trial.ts';

/** Every kind of condition, on an item and on nothing, for each way to write. */
export function describeConditions(trial: StoreTrial): void {
  describe('conditions', () => {
    const yes: WriteCondition = { kind: 'equals', attribute: 'n', value: 5 };
    const no: WriteCondition = { kind: 'equals', attribute: 'n', value: 6 };
    const cases: readonly [string, WriteCondition, { onItem: boolean; onNothing: boolean }][] = [
      ['absent', { kind: 'absent' }, { onItem: false, onNothing: true }],
      ['exists', { kind: 'exists' }, { onItem: true, onNothing: false }],
      ['equals a number', yes, { onItem: true, onNothing: false }],
      ['equals another number', no, { onItem: false, onNothing: false }],
      ['equals text', { kind: 'equals', attribute: 'status', value: 'up' }, { onItem: true, onNothing: false }],
      ['equals a truth value', { kind: 'equals', attribute: 'on', value: true }, { onItem: true, onNothing: false }],
      ['equals across types', { kind: 'equals', attribute: 'n', value: '5' }, { onItem: false, onNothing: false }],
      ['equals the sort key', { kind: 'equals', attribute: 'sk', value: 's' }, { onItem: true, onNothing: false }],
      ['missing, it is', { kind: 'missing', attribute: 'other' }, { onItem: true, onNothing: true }],
      ['missing, it is not', { kind: 'missing', attribute: 'n' }, { onItem: false, onNothing: true }],
      ['atMost, equal', { kind: 'atMost', attribute: 'n', value: 5 }, { onItem: true, onNothing: false }],
      ['atMost, below', { kind: 'atMost', attribute: 'n', value: 4.99 }, { onItem: false, onNothing: false }],
      ['atMost, above', { kind: 'atMost', attribute: 'n', value: 10 }, { onItem: true, onNothing: false }],
      ['atMost of text', { kind: 'atMost', attribute: 'status', value: 9 }, { onItem: false, onNothing: false }],
      ['any of none', { kind: 'any', of: [] }, { onItem: false, onNothing: false }],
      ['all of none', { kind: 'all', of: [] }, { onItem: true, onNothing: true }],
      ['any of one', { kind: 'any', of: [yes] }, { onItem: true, onNothing: false }],
      ['any, the second holds', { kind: 'any', of: [no, yes] }, { onItem: true, onNothing: false }],
      ['all, one does not hold', { kind: 'all', of: [yes, no] }, { onItem: false, onNothing: false }],
      [
        'all in any in all, with single ones between',
        {
          kind: 'all',
          of: [
            { kind: 'any', of: [{ kind: 'all', of: [yes, { kind: 'exists' }] }] },
            { kind: 'any', of: [no, yes] },
          ],
        },
        { onItem: true, onNothing: false },
      ],
      [
        'all of any, where the second does not hold',
        { kind: 'all', of: [{ kind: 'any', of: [yes, no] }, no] },
        { onItem: false, onNothing: false },
      ],
      [
        'any of absent and all',
        { kind: 'any', of: [{ kind: 'absent' }, { kind: 'all', of: [yes, no] }] },
        { onItem: false, onNothing: true },
      ],
    ];

    test.each(cases)('%s', async (_name, condition, { onItem, onNothing }) => {
      for (const [there, holds] of [[true, onItem] as const, [false, onNothing] as const]) {
        const start = async () => {
          const item = { ...trial.newKey(), n: 5, status: 'up', on: true };
          if (there) await trial.store.put(item);
          return { key: { pk: item.pk, sk: item.sk }, before: there ? item : undefined };
        };
        const put = await start();
        const wanted = { ...put.key, n: 7 };
        expect(await trial.store.put(wanted, condition)).toBe(holds);
        expect(await trial.store.get(put.key)).toEqual(holds ? wanted : put.before);

        const update = await start();
        const updated = { ...update.key, ...update.before, n: 7 };
        expect(await trial.store.update(update.key, { set: { n: 7 } }, condition)).toEqual(holds ? updated : undefined);
        expect(await trial.store.get(update.key)).toEqual(holds ? updated : update.before);

        const removal = await start();
        expect(await trial.store.delete(removal.key, condition)).toBe(holds);
        expect(await trial.store.get(removal.key)).toEqual(holds ? undefined : removal.before);
      }
    });
  });
}
