import { describe, expect, it } from 'vitest';
import { differences } from './match.ts';

const VERSION = '2021-03-02T08:40:00.512Z';

describe('an expectation', () => {
  it.each([
    ['a text', 'a', 'a'],
    ['null', null, null],
    ['a sign', '<timestamp>', VERSION],
    ['another sign', '<uuid>', '5ed4c0c5-9ff8-4a6f-a0cd-f57f59a34b43'],
    ['anything', '<any>', undefined],
    ['a pattern', '~a+\\n', 'aa\n'],
    ['a list', ['<number>', '<list>'], [1, []]],
    ['some of a list, in any order', { '<contains>': [2, '<text>'], '<lacks>': [4] }, ['a', 1, 2]],
    ['an object', { a: '<boolean>', b: '<object>' }, { a: false, b: {} }],
  ])('of %s is met', (_name, expected, actual) => {
    expect(differences(expected, actual, true)).toEqual([]);
  });

  it.each([
    ['a text', 'a', 'b', [': "a" expected, not "b"']],
    ['a number', 1, '1', [': 1 expected, not "1"']],
    ['a sign', '<timestamp>', '2021-03-02T08:40:00Z', [': "<timestamp>" expected, not "2021-03-02T08:40:00Z"']],
    ['an empty text', '<text>', '', [': "<text>" expected, not ""']],
    ['a pattern for all of it', '~a', 'aa', [': "~a" expected, not "aa"']],
    ['a longer list', [1], [1, 2], [': 1 elements expected, not [1,2]']],
    ['an element', [1, { a: 1 }], [1, { a: 2 }], ['/1/a: 1 expected, not 2']],
    ['a key too few', { a: 1, b: 2 }, { a: 1 }, ['/b: missing']],
    ['a key too many', { a: 1 }, { a: 1, b: 2 }, ['/b: not expected, but 2']],
    ['an inherited key', { toString: '<any>' }, {}, ['/toString: missing']],
    ['what is not contained', { '<contains>': [3] }, [1, 2], [': {"<contains>":[3]} expected, not [1,2]']],
    ['what is not lacking', { '<lacks>': [{ a: 1 }] }, [{ a: 1 }], [': {"<lacks>":[{"a":1}]} expected, not [{"a":1}]']],
    ['no list', { '<contains>': [] }, {}, [': {"<contains>":[]} expected, not {}']],
  ])('of %s is not met', (_name, expected, actual, found) => {
    expect(differences(expected, actual, true)).toEqual(found);
  });

  it('of some keys leaves the others open, at any depth', () => {
    expect(differences({ a: [{ b: 1 }] }, { a: [{ b: 1, c: 2 }], d: 3 }, false)).toEqual([]);
  });
});
