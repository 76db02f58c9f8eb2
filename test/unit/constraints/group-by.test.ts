import { describe, expect, test } from 'vitest';
import { keepsGroupsEven } from '../../../lib/constraints/group-by.ts';
import { type Asked, aQuestion } from './question.ts';

type Row = readonly [name: string, asked: Asked, holds: boolean];

describe('GROUP_BY with a value: fixed share (scheduling.md §2.3, 1.11)', () => {
  test.each<Row>([
    ['nothing placed', { offered: 'a', value: '3', wanted: 3 }, true],
    ['below the share', { offered: 'a', value: '3', wanted: 9, placed: ['a', 'a'] }, true],
    ['at the share without remainder', { offered: 'a', value: '3', wanted: 9, placed: ['a', 'a', 'a'] }, false],
    [
      'ten over three: one group may take four at once',
      { offered: 'a', value: '3', wanted: 10, placed: ['a', 'a', 'a'] },
      true,
    ],
    ['ten over three: but not five', { offered: 'a', value: '3', wanted: 10, placed: ['a', 'a', 'a', 'a'] }, false],
    [
      'ten over three: the remainder is used',
      { offered: 'b', value: '3', wanted: 10, placed: ['a', 'a', 'a', 'a', 'b', 'b', 'b'] },
      false,
    ],
    ['a new group below the ceiling', { offered: 'c', value: '3', wanted: 9, placed: ['a', 'b'] }, true],
    ['a new group at the ceiling', { offered: 'd', value: '3', wanted: 9, placed: ['a', 'b', 'c'] }, false],
    [
      'instances without the value are a group',
      { offered: 'c', value: '2', wanted: 4, placed: ['a', undefined] },
      false,
    ],
    ['fewer wanted than groups', { offered: 'b', value: '3', wanted: 2, placed: ['a'] }, true],
    ['fewer wanted than groups: none twice', { offered: 'a', value: '3', wanted: 2, placed: ['a', 'b'] }, false],
    ['inf: every value may have one', { offered: 'b', value: 'inf', wanted: 5, placed: ['a'] }, true],
    ['inf: but no value two', { offered: 'a', value: 'inf', wanted: 5, placed: ['a'] }, false],
    [
      'the wanted count is that of the spec being placed',
      { offered: 'a', value: '1', wanted: 5, placed: ['a', 'a'] },
      true,
    ],
  ])('%s', (_, asked, holds) => expect(keepsGroupsEven(aQuestion(asked))).toBe(holds));
});

describe('GROUP_BY without a value: keep level over what exists (scheduling.md §2.3, design §8)', () => {
  const existing = ['a', 'b', 'c'];
  test.each<Row>([
    ['nothing placed', { offered: 'a', existing }, true],
    ['a smallest group', { offered: 'b', placed: ['a'], existing }, true],
    ['a larger group', { offered: 'a', placed: ['a'], existing }, false],
    ['all level', { offered: 'a', placed: ['a', 'b', 'c'], existing }, true],
    [
      'a value that no agent has any more does not hold the others',
      { offered: 'a', placed: ['a', 'z'], existing: ['a'] },
      true,
    ],
    [
      'instances without the value do not hold the others',
      { offered: 'a', placed: ['a', 'a', undefined], existing: ['a'] },
      true,
    ],
    ['0 is no value', { offered: 'a', value: '0', placed: ['a'], existing }, false],
    ['unparsable is no value', { offered: 'b', value: 'x', placed: ['a'], existing }, true],
  ])('%s', (_, asked, holds) => expect(keepsGroupsEven(aQuestion(asked))).toBe(holds));

  test('nine on two racks: level, and the ninth goes to either', () => {
    const placed = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? 'r1' : 'r2'));
    expect(keepsGroupsEven(aQuestion({ offered: 'r1', placed, existing: ['r1', 'r2'] }))).toBe(true);
    expect(keepsGroupsEven(aQuestion({ offered: 'r1', placed, existing: ['r1', 'r2', 'r3'] }))).toBe(false);
    expect(keepsGroupsEven(aQuestion({ offered: 'r3', placed, existing: ['r1', 'r2', 'r3'] }))).toBe(true);
  });
});
