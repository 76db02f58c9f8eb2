import { describe, expect, test } from 'vitest';
import { isValidPattern, matchesWhole } from '../../../lib/constraints/pattern.ts';

describe('patterns that mean what they mean in Java (scheduling.md §2.2)', () => {
  test.each([
    'a|b',
    '(?i)a',
    '\\Qa.b\\E',
    '\\Q[[\\E',
    '\\Aa\\z',
    '[[:alpha:]]+',
    '[^\\]a]',
    '[a\\[b]',
    '\\p{L}+',
    'a{1,3}?',
  ])('%s is valid', (pattern) => expect(isValidPattern(pattern)).toBe(true));
  test.each(['[', 'a++', '(?>a)', '(?=a)a', '(?<=a)b', '(a)\\1', '[a-z&&[^b]]', '[a[bc]]', '[[:alpha:]&&a]', 'a\\Z'])(
    '%s is not',
    (pattern) => {
      expect(isValidPattern(pattern)).toBe(false);
      expect(matchesWhole(pattern, 'a')).toBe(false);
    },
  );
});

// An engine that backtracks would not end.
test('a pattern that backtracks elsewhere takes linear time', () => {
  const text = `${'a'.repeat(20_000)}b`;
  expect(matchesWhole('(a+)+$', text)).toBe(false);
  expect(matchesWhole('(a|a)*b', text)).toBe(true);
});

test('stays right when more patterns are used than are kept', () => {
  for (let i = 0; i < 2_500; i += 1) expect(matchesWhole(`rack-${i}`, `rack-${i}`)).toBe(true);
  expect(matchesWhole('rack-0', 'rack-0')).toBe(true);
});
