import { describe, expect, it } from 'vitest';
import { dependencyGraph, dependencyLayers } from '../../../lib/group/dependencies.ts';
import type { TreeEntry } from '../../../lib/group/tree.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { aGroupEntry, anAppEntry } from './entries.ts';

const entriesOf = (...entries: readonly TreeEntry[]) => new Map(entries.map((entry) => [entry.id, entry]));

const edgesOf = (...entries: readonly TreeEntry[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries([...dependencyGraph(entriesOf(...entries))].map(([id, targets]) => [id, [...targets].toSorted()]));

const layersOf = (...entries: readonly TreeEntry[]) => {
  const { layers, cycle } = dependencyLayers(dependencyGraph(entriesOf(...entries)));
  return cycle === undefined ? Object.fromEntries(layers) : { cycle };
};

describe('dependency edges', () => {
  it('lead from an app to the app it names', () => {
    expect(edgesOf(anAppEntry('/web', ['/db']), anAppEntry('/db'))).toEqual({ '/web': ['/db'], '/db': [] });
  });

  it('lead from an app to every app below a group it names', () => {
    expect(
      edgesOf(
        anAppEntry('/web', ['/db']),
        aGroupEntry('/db'),
        anAppEntry('/db/a'),
        anAppEntry('/db/x/b'),
        anAppEntry('/dbx'),
      ),
    ).toEqual({ '/web': ['/db/a', '/db/x/b'], '/db/a': [], '/db/x/b': [], '/dbx': [] });
  });

  it('lead from every app below a group to every app below the group it names', () => {
    expect(
      edgesOf(
        aGroupEntry('/front', ['/back']),
        anAppEntry('/front/a'),
        anAppEntry('/front/x/b'),
        aGroupEntry('/back'),
        anAppEntry('/back/c'),
        anAppEntry('/back/d'),
      ),
    ).toEqual({
      '/front/a': ['/back/c', '/back/d'],
      '/front/x/b': ['/back/c', '/back/d'],
      '/back/c': [],
      '/back/d': [],
    });
  });

  it('skip ids that do not exist', () => {
    expect(edgesOf(anAppEntry('/web', ['/nowhere']), aGroupEntry('/g', ['/nowhere']))).toEqual({ '/web': [] });
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
    ).toEqual({ '/bottom': 1, '/alone': 1, '/middle': 2, '/top': 3 });
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
    expect(layersOf(aGroupEntry('/x/y', ['/x']), anAppEntry('/x/y/a'))).toEqual({ cycle: ['/x/y/a', '/x/y/a'] });
  });

  const chain = (length: number, last: readonly string[]) =>
    Array.from({ length }, (_, index) =>
      anAppEntry(`/app-${index}`, index === length - 1 ? last : [`/app-${index + 1}`]),
    );

  it('follow a chain of ten thousand apps', () => {
    const { layers } = dependencyLayers(dependencyGraph(entriesOf(...chain(10_000, []))));
    expect(layers.get(resolvePathId('/app-0'))).toBe(10_000);
    expect(layers.get(resolvePathId('/app-9999'))).toBe(1);
  });

  it('find a cycle of ten thousand apps', () => {
    const { cycle, layers } = dependencyLayers(dependencyGraph(entriesOf(...chain(10_000, ['/app-0']))));
    expect(cycle).toHaveLength(10_001);
    expect(layers).toEqual(new Map());
  });
});
