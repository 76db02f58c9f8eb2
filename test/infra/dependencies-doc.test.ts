import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const ROOT = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, ROOT), 'utf8');

const packages = z.record(z.string(), z.string());
const manifest = z
  .object({ dependencies: packages, devDependencies: packages })
  .parse(JSON.parse(read('package.json')));

/** The first cells of the table under a heading of docs/dependencies.md. */
function rowsUnder(heading: string): readonly string[] {
  const [, section] = read('docs/dependencies.md').split(`\n## ${heading}\n`);
  const [table = ''] = section?.split('\n## ') ?? [];
  return [...table.matchAll(/^\| `([^`]+)` \| \S.* \|$/gm)].flatMap(([, name]) => name ?? []);
}

describe('docs/dependencies.md', () => {
  it.each([
    ['Deployed', manifest.dependencies],
    ['Development', manifest.devDependencies],
  ])('has one row with a reason for each package: %s', (heading, declared) => {
    expect(rowsUnder(heading).toSorted()).toEqual(Object.keys(declared).toSorted());
  });

  it('leaves versions to package.json', () => {
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect(version, `${name} is pinned`).toMatch(/^\d+\.\d+\.\d+$/);
      expect(read('docs/dependencies.md'), name).not.toContain(version);
    }
  });
});
