import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readConfig } from '../../infra/config.ts';

const guide = readFileSync(new URL('../../docs/guides/deploy.md', import.meta.url), 'utf8');

/** Key and default of each row of the table of settings. */
function documentedSettings(): Readonly<Record<string, string>> {
  const [, section = ''] = guide.split('\n## Settings\n');
  const [table = ''] = section.split('\n## ');
  const rows = [...table.matchAll(/^\| `(\w+)` \|(?: `([^`]+)`)? \|/gm)];
  return Object.fromEntries(rows.map(([, key = '', preset = '']) => [key, preset]));
}

it('docs/guides/deploy.md names every setting with its default', () => {
  const defaults = Object.entries(readConfig({})).map(([key, value]) => [key, String(value)]);
  expect(documentedSettings()).toEqual(Object.fromEntries(defaults));
});
