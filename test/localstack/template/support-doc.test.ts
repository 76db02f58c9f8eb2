import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { renderSupport } from '../../../localstack/template/render-support.ts';

test('docs/local-cloud.md is what the lists say (node localstack/template/write-support.ts)', async () => {
  const page = await readFile(new URL('../../../docs/local-cloud.md', import.meta.url), 'utf8');
  expect(page).toBe(renderSupport());
});
