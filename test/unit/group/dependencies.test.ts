import { describe, expect, it } from 'vitest';
import { dependencyLayers } from '../../../lib/group/dependencies.ts';
import type { TreeEntry } from '../../../lib/group/tree.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { aGroupEntry, anAppEntry } from './entries.ts';

const entriesOf = (...entries: readonly TreeEntry[]) => new Map(entries.map((entry) => [entry.id, entry]));

const layersOf = (...entries: readonly TreeEntry[]) => {
  const { layers, cycle } = dependencyLayers(entriesOf(...entries));
  return cycle === undefined ? Object.fromEntries(layers) : { cycle };
};

/** An app in layer 3, of which what depends on it is in layer 4. */
const deep = (id: string) => [anAppEntry(id, ['/deep-2']), anAppEntry('/deep-2', ['/deep-1']), anAppEntry('/deep-1')];
const DEEP = { '/deep-2': 2 };

describe('a dependency', () => {
  it('leads from an app to the app it names', () => {
    expect(layersOf(anAppEntry('/web', ['/db']), ...deep('/db'))).toEqual({ ...DEEP, '/db': 3, '/web': 4 });
  });

  it('leads from an app to every app below a group it names, and to no other', () => {
    const groups = [aGroupEntry('/db'), aGroupEntry('/db/x'), anAppEntry('/db/a')];
    expect(layersOf(anAppEntry('/web', ['/db']), ...groups, ...deep('/db/x/b'))).toEqual({
      ...DEEP,
      '/db/x/b': 3,
      '/web': 4,
    });
    expect(layersOf(anAppEntry('/web', ['/db']), ...groups, ...deep('/dbx'))).toEqual({
      ...DEEP,
      '/dbx': 3,
      '/web': 2,
    });
  });

  it('leads from every app below a group to every app below the group it names', () => {
    expect(
      layersOf(
        aGroupEntry('/front', ['/back']),
        aGroupEntry('/front/x'),
        anAppEntry('/front/a'),
        anAppEntry('/front/x/b'),
        anAppEntry('/frontier'),
        aGroupEntry('/back'),
        anAppEntry('/back/c'),
        ...deep('/back/d'),
      ),
    ).toEqual({ ...DEEP, '/back/d': 3, '/front/a': 4, '/front/x/b': 4 });
  });

  it('leads from every app of all to the apps below a group that the root names', () => {
    expect(layersOf(aGroupEntry('/', ['/db']), anAppEntry('/web'), aGroupEntry('/db'))).toEqual({});
    expect(layersOf(aGroupEntry('/', ['/db']), anAppEntry('/web'), aGroupEntry('/db'), anAppEntry('/db/a'))).toEqual({
      cycle: ['/db/a', '/db/a'],
    });
  });

  it('leads nowhere when nothing has that id', () => {
    expect(layersOf(anAppEntry('/web', ['/nowhere']), aGroupEntry('/g', ['/nowhere']), anAppEntry('/g/a'))).toEqual({});
  });

  it('neither leads to a pod nor away from one', () => {
    const pod = (id: string): TreeEntry => ({ ...anAppEntry(id), kind: 'pod' });
    expect(
      layersOf(anAppEntry('/web', ['/pod', '/g']), pod('/pod'), aGroupEntry('/g', ['/web']), pod('/g/pod')),
    ).toEqual({});
  });
});

describe('dependency layers', () => {
  it('count the longest way down', () => {
    expect(
      layersOf(
        anAppEntry('/top', ['/middle', '/bottom']),
        anAppEntry('/middle', ['/bottom']),
        anAppEntry('/bottom'),
        anAppEntry('/alone'),
      ),
    ).toEqual({ '/middle': 2, '/top': 3 });
  });

  it('name a cycle in the order of its edges', () => {
    expect(
      layersOf(anAppEntry('/in', ['/a']), anAppEntry('/a', ['/b']), anAppEntry('/b', ['/c']), anAppEntry('/c', ['/a'])),
    ).toEqual({ cycle: ['/a', '/b', '/c', '/a'] });
  });

  it('name an app that depends on itself', () => {
    expect(layersOf(anAppEntry('/a', ['/a']))).toEqual({ cycle: ['/a', '/a'] });
  });

  it('name a cycle through groups', () => {
    expect(
      layersOf(aGroupEntry('/x', ['/y']), anAppEntry('/x/a'), aGroupEntry('/y', ['/x']), anAppEntry('/y/b')),
    ).toEqual({ cycle: ['/x/a', '/y/b', '/x/a'] });
  });

  it('take a group that depends on the group around it for a cycle', () => {
    expect(layersOf(aGroupEntry('/x'), aGroupEntry('/x/y', ['/x']), anAppEntry('/x/y/a'))).toEqual({
      cycle: ['/x/y/a', '/x/y/a'],
    });
  });

  const chain = (length: number, last: readonly string[]) =>
    Array.from({ length }, (_, index) =>
      anAppEntry(`/app-${index}`, index === length - 1 ? last : [`/app-${index + 1}`]),
    );

  it('follow a chain of ten thousand apps', () => {
    const { layers } = dependencyLayers(entriesOf(...chain(10_000, [])));
    expect(layers.get(resolvePathId('/app-0'))).toBe(10_000);
    expect(layers.get(resolvePathId('/app-9998'))).toBe(2);
    expect(layers.has(resolvePathId('/app-9999'))).toBe(false);
  });

  it('take no longer for two groups of ten thousand apps, where each app waits for ten thousand', () => {
    const apps = (group: string) => Array.from({ length: 10_000 }, (_, index) => anAppEntry(`${group}/app-${index}`));
    const { layers } = dependencyLayers(
      entriesOf(aGroupEntry('/a', ['/b']), aGroupEntry('/b'), ...apps('/a'), ...apps('/b')),
    );
    expect(layers.size).toBe(10_000);
    expect(new Set(layers.values())).toEqual(new Set([2]));
  });

  it('find a cycle of ten thousand apps', () => {
    const { cycle, layers } = dependencyLayers(entriesOf(...chain(10_000, ['/app-0'])));
    expect(cycle).toHaveLength(10_001);
    expect(layers).toEqual(new Map());
  });
});
