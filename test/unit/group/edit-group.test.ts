import { describe, expect, it } from 'vitest';
import { entriesWithin, removeGroup, replaceContents, restoreGroup } from '../../../lib/group/edit-group.ts';
import type { SpecEntry, TreeEntry } from '../../../lib/group/tree.ts';
import { contentHash } from '../../../lib/model/content-hash.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { aGroupEntry, anAppEntry } from './entries.ts';

const treeOf = (...entries: readonly TreeEntry[]) => new Map(entries.map((entry) => [entry.id, entry]));
const aPodEntry = (id: string): SpecEntry => ({ ...anAppEntry(id), kind: 'pod' });
const app = (id: string) => ({ id: resolvePathId(id) });
const group = (id: string, fields: object = {}) => ({ id: resolvePathId(id), ...fields });

/** `/prod` with two apps, a pod, and two groups with an app each; `/other` beside it. */
const TREE = treeOf(
  aGroupEntry('/prod', ['/db']),
  anAppEntry('/prod/a'),
  anAppEntry('/prod/b'),
  aPodEntry('/prod/pod'),
  aGroupEntry('/prod/one', ['/prod/a']),
  anAppEntry('/prod/one/x'),
  aGroupEntry('/prod/two'),
  anAppEntry('/prod/two/y'),
  aPodEntry('/prod/two/pod'),
  aGroupEntry('/prod/two/deep'),
  aGroupEntry('/other'),
  anAppEntry('/other/z'),
  anAppEntry('/root-app'),
);

/** Ids that go, and those that are put. */
const summary = ({ groups, specs }: { groups: ReadonlyMap<string, unknown>; specs: ReadonlyMap<string, unknown> }) => {
  const all = [...groups, ...specs];
  const ids = (gone: boolean) =>
    all
      .filter(([, value]) => (value === null) === gone)
      .map(([id]) => id)
      .toSorted();
  return { gone: ids(true), put: ids(false) };
};

describe('new contents of a group', () => {
  it.for<{ what: string; contents: Parameters<typeof replaceContents>[0]; gone: string[]; put: string[] }>([
    { what: 'nothing given: nothing goes', contents: group('/prod'), gone: [], put: ['/prod'] },
    {
      what: 'apps: those not listed go, pods and groups stay',
      contents: group('/prod', { apps: [app('/prod/b'), app('/prod/c')] }),
      gone: ['/prod/a'],
      put: ['/prod', '/prod/b', '/prod/c'],
    },
    {
      what: 'no apps: all right below go',
      contents: group('/prod', { apps: [] }),
      gone: ['/prod/a', '/prod/b'],
      put: ['/prod'],
    },
    {
      what: 'groups: those not listed go with all below, apps stay',
      contents: group('/prod', { groups: [group('/prod/one')] }),
      gone: ['/prod/two', '/prod/two/deep', '/prod/two/pod', '/prod/two/y'],
      put: ['/prod', '/prod/one'],
    },
    {
      what: 'a listed group is changed by the same rules',
      contents: group('/prod', {
        groups: [group('/prod/one'), group('/prod/two', { apps: [app('/prod/two/w')], groups: [] })],
      }),
      gone: ['/prod/two/deep', '/prod/two/y'],
      put: ['/prod', '/prod/one', '/prod/two', '/prod/two/w'],
    },
    {
      what: 'a new group',
      contents: group('/new/sub', { apps: [app('/new/sub/a')], groups: [group('/new/sub/g', { apps: [] })] }),
      gone: [],
      put: ['/new/sub', '/new/sub/a', '/new/sub/g'],
    },
    {
      what: 'the root: it has no entry of its own',
      contents: group('/', { apps: [], groups: [group('/prod')] }),
      gone: ['/other', '/other/z', '/root-app'],
      put: ['/prod'],
    },
    {
      what: 'an app in the place of a group',
      contents: group('/prod', { apps: [app('/prod/two')], groups: [] }),
      gone: [
        '/prod/a',
        '/prod/b',
        '/prod/one',
        '/prod/one/x',
        '/prod/two',
        '/prod/two/deep',
        '/prod/two/pod',
        '/prod/two/y',
      ],
      put: ['/prod', '/prod/two'],
    },
    {
      what: 'a group twice: the last counts',
      contents: group('/new', {
        groups: [group('/new/g', { apps: [app('/new/g/first')] }), group('/new/g', { apps: [app('/new/g/last')] })],
      }),
      gone: [],
      put: ['/new', '/new/g', '/new/g/last'],
    },
  ])('$what', ({ contents, gone, put }) => {
    expect(summary(replaceContents(contents, TREE))).toEqual({ gone, put });
  });

  it('keeps dependencies and the enforced role, or replaces them', () => {
    const tree = treeOf({ ...aGroupEntry('/prod', ['/db']), enforceRole: true });
    const PROD = resolvePathId('/prod');
    const of = (fields: object) => replaceContents(group('/prod', fields), tree).groups.get(PROD);
    expect(of({})).toEqual({ ...aGroupEntry('/prod', ['/db']), enforceRole: true });
    expect(of({ dependencies: [], enforceRole: false })).toEqual({ ...aGroupEntry('/prod'), enforceRole: false });
    const root = replaceContents(group('/', { dependencies: [PROD] }), tree);
    expect(root.groups.get(resolvePathId('/'))).toEqual(aGroupEntry('/', ['/prod']));
  });

  it('last of several apps with one id counts', () => {
    const first = { ...app('/a/x'), name: 'first' };
    const last = { ...app('/a/x'), name: 'last' };
    expect(replaceContents(group('/a', { apps: [first, last] }), TREE).specs).toEqual(new Map([[last.id, last]]));
  });
});

describe('a group that goes', () => {
  it('takes all that is below it along', () => {
    expect(summary(removeGroup(resolvePathId('/prod/two'), TREE))).toEqual({
      gone: ['/prod/two', '/prod/two/deep', '/prod/two/pod', '/prod/two/y'],
      put: [],
    });
  });

  it('is everything when it is the root', () => {
    expect(summary(removeGroup(resolvePathId('/'), TREE)).gone).toEqual([...TREE.keys()].toSorted());
  });
});

describe('a group that comes back', () => {
  const former = treeOf(
    aGroupEntry('/prod', ['/cache']),
    anAppEntry('/prod/a'),
    { ...anAppEntry('/prod/b'), spec: contentHash('an older b') },
    anAppEntry('/prod/gone'),
    anAppEntry('/prod/two'),
    anAppEntry('/root-app'),
  );

  it('has what it had, and what did not change is left alone', () => {
    const edit = restoreGroup(resolvePathId('/prod'), TREE, former);
    expect(summary(edit)).toEqual({
      gone: ['/prod/one', '/prod/one/x', '/prod/pod', '/prod/two', '/prod/two/deep', '/prod/two/pod', '/prod/two/y'],
      put: ['/prod', '/prod/b', '/prod/gone', '/prod/two'],
    });
    expect(edit.groups.get(resolvePathId('/prod'))).toEqual(aGroupEntry('/prod', ['/cache']));
    expect(edit.specs.get(resolvePathId('/prod/b'))).toEqual(former.get(resolvePathId('/prod/b')));
  });

  it('can be the root', () => {
    expect(summary(restoreGroup(resolvePathId('/'), TREE, former)).gone).toContain('/other/z');
  });
});

describe('the entries within a group', () => {
  it('are those below it and itself, not those of a longer name', () => {
    const tree = treeOf(aGroupEntry('/a'), anAppEntry('/a/b'), anAppEntry('/ab'));
    expect(entriesWithin(resolvePathId('/a'), tree).map(({ id }) => id)).toEqual(['/a', '/a/b']);
  });
});
