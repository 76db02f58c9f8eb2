import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonPieces, jsonText, keepText, ofKeptTexts } from '../../functions/api/json-text.ts';

/** Values of JSON, with members that are left out, some of them marked as kept or as made of kept ones. */
const { value } = fc.letrec<{ value: unknown; inner: object }>((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, fc.jsonValue({ maxDepth: 1 }), fc.constant(undefined), tie('inner'), tie('inner')),
  inner: fc
    .tuple(
      fc.oneof(
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
      fc.constantFrom(keepText<object>, ofKeptTexts<object>, (plain: object) => plain),
    )
    .map(([made, mark]) => mark(made)),
}));

it('is what JSON.stringify makes, the first time and each time after, in one piece or in many', () => {
  fc.assert(
    fc.property(value, (json) => {
      fc.pre(json !== undefined);
      const expected = JSON.stringify(json);
      expect(jsonText(json)).toBe(expected);
      expect([...jsonPieces(json)].join('')).toBe(expected);
    }),
    { numRuns: 1_000 },
  );
});

it('is made of the texts that are kept, but for long ones', () => {
  const kept = keepText({ name: 'a' });
  const long = keepText({ name: 'x'.repeat(20_000) });
  const list = ofKeptTexts([kept, long]);
  const first = jsonText(list);
  // Against the promise of `keepText`, so that the text shows where it comes from.
  kept.name = 'b';
  long.name = 'y';
  expect([first.slice(0, 14), jsonText(list)]).toEqual(['[{"name":"a"},', '[{"name":"a"},{"name":"y"}]']);
});
