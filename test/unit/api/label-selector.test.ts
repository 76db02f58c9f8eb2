import { describe, expect, it } from 'vitest';
import { parseLabelSelector } from '../../../functions/api/label-selector.ts';

const APPS = {
  plain: {},
  foo: { a: 'foo' },
  bar: { a: 'bar', b: 'x y' },
  proto: { constructor: 'c' },
};

describe('the label selector (api-endpoints.md §1.7)', () => {
  it.each([
    ['', ['plain', 'foo', 'bar', 'proto']],
    ['a', ['foo', 'bar']],
    ['a==foo', ['foo']],
    [' a == foo ', ['foo']],
    ['a!=foo', ['bar']],
    ['a in (foo, bar)', ['foo', 'bar']],
    ['a in ()', []],
    ['a notin (foo)', ['bar']],
    ['a notin ()', ['foo', 'bar']],
    ['a, b', ['bar']],
    ['b==x\\ y', ['bar']],
    ['in==foo', []],
    ['toString', []],
    ['constructor==c', ['proto']],
  ])('%j picks %j', (text, expected) => {
    const selects = parseLabelSelector(text);
    expect(Object.entries(APPS).flatMap(([name, labels]) => (selects(labels) ? [name] : []))).toEqual(expected);
  });

  it.each(['a=b', 'a==', '==b', 'a in foo', 'a in (foo', 'a b', 'a,', 'a==b c', '(a)', 'a=="b"'])(
    'refuses %j',
    (text) => {
      expect(() => parseLabelSelector(text)).toThrow(
        expect.objectContaining({
          status: 422,
          message: expect.stringContaining(`Can not parse label selector ${text}. Reason: `),
        }),
      );
    },
  );
});
