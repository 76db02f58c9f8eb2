import { describe, expect, test } from 'vitest';
import { isInCluster } from '../../../lib/constraints/cluster.ts';
import { constraintHolds, isStatic } from '../../../lib/constraints/constraint-holds.ts';
import { isEqual } from '../../../lib/constraints/is.ts';
import { isLike } from '../../../lib/constraints/like.ts';
import { isBelowMax } from '../../../lib/constraints/max-per.ts';
import { isUnique } from '../../../lib/constraints/unique.ts';
import { isUnlike } from '../../../lib/constraints/unlike.ts';
import { CONSTRAINT_OPERATORS } from '../../../lib/model/constraint.ts';
import { type Asked, aQuestion, tallyOf } from './question.ts';

type Row = readonly [name: string, asked: Asked, holds: boolean];

describe('UNIQUE (scheduling.md §2.2)', () => {
  test.each<Row>([
    ['nothing placed', { offered: 'a' }, true],
    ['another value placed', { offered: 'a', placed: ['b', 'c'] }, true],
    ['the value placed', { offered: 'a', placed: ['b', 'a'] }, false],
    ['an instance without the value', { offered: 'a', placed: [undefined] }, true],
    ['another case', { offered: 'a', placed: ['A'] }, true],
  ])('%s', (_, asked, holds) => expect(isUnique(aQuestion(asked))).toBe(holds));
});

describe('CLUSTER (scheduling.md §2.2)', () => {
  test.each<Row>([
    ['no value, nothing placed', { offered: 'a' }, true],
    ['no value, first is equal', { offered: 'a', placed: ['a', 'b'] }, true],
    ['no value, first differs, second is equal', { offered: 'b', placed: ['a', 'b'] }, false],
    ['no value, first has none', { offered: 'a', placed: [undefined, 'a'] }, false],
    ['value equal, others placed elsewhere', { offered: 'a', value: 'a', placed: ['b'] }, true],
    ['value differs', { offered: 'b', value: 'a' }, false],
    ['value is plain text: 1.0 is not 1', { offered: '1', value: '1.0' }, false],
    ['value 1 is 1', { offered: '1', value: '1' }, true],
  ])('%s', (_, asked, holds) => expect(isInCluster(aQuestion(asked))).toBe(holds));
});

describe('LIKE and UNLIKE (scheduling.md §2.2)', () => {
  test.each<readonly [name: string, value: string, offered: string, like: boolean, unlike: boolean]>([
    ['whole match', 'rack-[1-3]', 'rack-1', true, false],
    ['part at the end is no match', 'rack-[1-3]', 'rack-11', false, true],
    ['part at the start is no match', 'ack-1', 'rack-1', false, true],
    ['anchors surround the alternative', 'a|b', 'b', true, false],
    ['anchors surround the whole alternative', 'a|b', 'ab', false, true],
    ['a longer alternative counts', 'a|ab', 'ab', true, false],
    ['case counts', 'RACK-1', 'rack-1', false, true],
    ['inline flag', '(?i)RACK-1', 'rack-1', true, false],
    ['empty text matches an optional pattern', '.*', '', true, false],
    ['empty pattern: neither ever', '', 'rack-1', false, false],
    ['broken pattern: neither ever', '[', 'rack-1', false, false],
    ['lookahead: neither ever', '(?=r).*', 'rack-1', false, false],
  ])('%s', (_, value, offered, like, unlike) => {
    expect([isLike(aQuestion({ offered, value })), isUnlike(aQuestion({ offered, value }))]).toEqual([like, unlike]);
  });
});

describe('IS (scheduling.md §2.2)', () => {
  test.each<Row>([
    ['equal text', { offered: 'ssd', value: 'ssd' }, true],
    ['other text', { offered: 'ssd', value: 'hdd' }, false],
    ['scalar-looking value is put in text form', { offered: '0.8', value: '0.80' }, true],
    ['half-even at the tie', { offered: '0.062', value: '0.0625' }, true],
    ['version text is no scalar', { offered: '1.0.0', value: '1.0.0' }, true],
    ['leading zeroes of a scalar vanish', { offered: '7', value: '007' }, true],
  ])('%s', (_, asked, holds) => expect(isEqual(aQuestion(asked))).toBe(holds));
});

describe('MAX_PER (scheduling.md §2.2)', () => {
  test.each<Row>([
    ['none there', { offered: 'a', value: '2' }, true],
    ['one of two', { offered: 'a', value: '2', placed: ['a', 'b', 'b'] }, true],
    ['two of two', { offered: 'a', value: '2', placed: ['a', 'a'] }, false],
    ['0 behaves like 1: first', { offered: 'a', value: '0' }, true],
    ['0 behaves like 1: second', { offered: 'a', value: '0', placed: ['a'] }, false],
  ])('%s', (_, asked, holds) => expect(isBelowMax(aQuestion(asked))).toBe(holds));
});

describe('an agent without the value (scheduling.md §2.2)', () => {
  test.each(CONSTRAINT_OPERATORS)('%s', (operator) => {
    const context = { placed: tallyOf([]), wanted: 1 };
    for (const value of ['', 'a', '1', '[']) {
      expect(constraintHolds({ field: 'rack', operator, value }, undefined, context)).toBe(operator === 'UNLIKE');
    }
  });
});

test('an unset value and an empty one are the same (scheduling.md §2)', () => {
  const context = { placed: tallyOf(['a'], ['a', 'b']), wanted: 2 };
  for (const operator of CONSTRAINT_OPERATORS) {
    const unset = constraintHolds({ field: 'rack', operator }, 'b', context);
    expect(unset).toBe(constraintHolds({ field: 'rack', operator, value: '' }, 'b', context));
  }
});

test('static constraints depend on the agent alone', () => {
  const isStaticFor = (value: string | undefined) =>
    CONSTRAINT_OPERATORS.filter((operator) =>
      isStatic({ field: 'rack', operator, ...(value !== undefined && { value }) }),
    );
  expect(isStaticFor('3')).toEqual(['CLUSTER', 'LIKE', 'UNLIKE', 'IS']);
  expect(isStaticFor('')).toEqual(['LIKE', 'UNLIKE', 'IS']);
  expect(isStaticFor(undefined)).toEqual(['LIKE', 'UNLIKE', 'IS']);
});
