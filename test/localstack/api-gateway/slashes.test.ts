import { expect, test } from 'vitest';
import { type SlashMode, treatSlashes } from '../../../localstack/api-gateway/slashes.ts';

test.each<[string, Readonly<Record<SlashMode, string>>]>([
  ['/', { kept: '/', collapsed: '/', decoded: '/' }],
  ['/v2/apps/a/', { kept: '/v2/apps/a/', collapsed: '/v2/apps/a/', decoded: '/v2/apps/a/' }],
  ['//v2///apps', { kept: '//v2///apps', collapsed: '/v2/apps', decoded: '//v2///apps' }],
  ['/a%2Fb%2fc', { kept: '/a%2Fb%2fc', collapsed: '/a%2Fb%2fc', decoded: '/a/b/c' }],
  ['/a//%2Fb', { kept: '/a//%2Fb', collapsed: '/a/%2Fb', decoded: '/a///b' }],
  ['/%C3%A9%20', { kept: '/%C3%A9%20', collapsed: '/%C3%A9%20', decoded: '/é ' }],
  ['/100%/%2F', { kept: '/100%/%2F', collapsed: '/100%/%2F', decoded: '/100%/%2F' }],
])('%s', (path, expected) => {
  const modes: readonly SlashMode[] = ['kept', 'collapsed', 'decoded'];
  expect(Object.fromEntries(modes.map((mode) => [mode, treatSlashes(path, mode)]))).toEqual(expected);
});
