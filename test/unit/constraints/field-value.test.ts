import { describe, expect, test } from 'vitest';
import { attributeText } from '../../../lib/constraints/attribute-text.ts';
import { fieldValue } from '../../../lib/constraints/field-value.ts';

describe('text form of attributes (scheduling.md §2.1)', () => {
  test.each([
    ['1.0', '1'],
    ['1.0005', '1'],
    ['1.00051', '1.001'],
    ['0.0625', '0.062'],
    ['0.1875', '0.188'],
    ['0.3125', '0.312'],
    ['0.4375', '0.438'],
    ['0.5625', '0.562'],
    ['0.6875', '0.688'],
    ['0.8125', '0.812'],
    ['0.9375', '0.938'],
    ['4503599627370495.5', '4503599627370495.5'],
    ['17.0625', '17.062'],
    ['0.0', '0'],
    ['100', '100'],
    ['1000.500', '1000.5'],
    ['0010', '10'],
    ['1000000000000000000000', '1000000000000000000000'],
    ['1.', '1.'],
    ['-1', '-1'],
    ['1e3', '1e3'],
    ['[9-10,1-3]', '[1-3,9-10]'],
    ['[ 1-3 ]', '[1-3]'],
    ['[a-b]', '[a-b]'],
    ['{b, a,c}', '{a,b,c}'],
    ['{2,10}', '{10,2}'],
    ['rack-1', 'rack-1'],
    ['', ''],
  ])('%s is %s', (declared, text) => expect(attributeText(declared)).toBe(text));
});

describe('fields (scheduling.md §2.1)', () => {
  const site = {
    host: 'h1.example',
    region: 'eu-1',
    zone: 'eu-1a',
    attributes: { rack: 'r1', weight: '2.50', zone: 'own', hostname: 'not this' },
  };
  test.each([
    ['hostname', 'h1.example'],
    ['@hostname', 'h1.example'],
    ['@region', 'eu-1'],
    ['@zone', 'eu-1a'],
    ['zone', 'own'],
    ['rack', 'r1'],
    ['weight', '2.5'],
    ['Rack', undefined],
    ['toString', undefined],
  ])('%s is %s', (field, value) => expect(fieldValue(site, field)).toBe(value));

  test('an agent without a fault domain has neither region nor zone', () => {
    const bare = { host: 'h', region: '', attributes: {} };
    expect([fieldValue(bare, '@region'), fieldValue(bare, '@zone')]).toEqual([undefined, undefined]);
  });
});
