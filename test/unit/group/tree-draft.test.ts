import { describe, expect, it } from 'vitest';
import type { SpecEntry, TreeEntry } from '../../../lib/group/tree.ts';
import { createTreeDraft, type TreeDraft } from '../../../lib/group/tree-draft.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { aGroupEntry, anAppEntry } from './entries.ts';

const draftOf = (...entries: readonly TreeEntry[]): TreeDraft =>
  createTreeDraft(new Map(entries.map((entry) => [entry.id, entry])));
const aPodEntry = (id: string): SpecEntry => ({ ...anAppEntry(id), kind: 'pod' });
const kindsOf = ({ entries }: TreeDraft) => Object.fromEntries([...entries.values()].map(({ id, kind }) => [id, kind]));

const APP_AND_GROUP = 'Groups and Applications may not have the same identifier.';
const POD_AND_GROUP = 'Groups and Pods may not have the same identifier.';
const APP_AND_POD = 'Applications and Pods may not share the same id';

describe('a change of the tree', () => {
  it('makes the groups above what it adds', () => {
    const draft = draftOf(aGroupEntry('/a', ['/x']));
    expect(draft.putSpec(anAppEntry('/a/b/c/d'))).toBeUndefined();
    expect(kindsOf(draft)).toEqual({ '/a': 'group', '/a/b': 'group', '/a/b/c': 'group', '/a/b/c/d': 'app' });
    expect(draft.entries.get(resolvePathId('/a'))).toEqual(aGroupEntry('/a', ['/x']));
    expect(draft.putGroup(aGroupEntry('/e/f'))).toBeUndefined();
    expect(kindsOf(draft)).toMatchObject({ '/e': 'group', '/e/f': 'group' });
    expect([...draft.changes.keys()].toSorted()).toEqual(['/a/b', '/a/b/c', '/a/b/c/d', '/e', '/e/f']);
  });

  it('leaves what it began with as it was', () => {
    const base = new Map([anAppEntry('/a')].map((entry) => [entry.id, entry]));
    const draft = createTreeDraft(base);
    draft.remove(resolvePathId('/a'));
    expect([...base.keys()]).toEqual(['/a']);
    expect(draft.changes).toEqual(new Map([[resolvePathId('/a'), null]]));
  });

  it('lets an app take the id of groups without content, with the groups below', () => {
    const draft = draftOf(aGroupEntry('/a'), aGroupEntry('/a/b'), aGroupEntry('/a/b/c'), aGroupEntry('/ab'));
    expect(draft.putSpec(anAppEntry('/a'))).toBeUndefined();
    expect(kindsOf(draft)).toEqual({ '/a': 'app', '/ab': 'group' });
  });

  it('makes room first for what takes its place', () => {
    const draft = draftOf(aGroupEntry('/a'), anAppEntry('/a/b'));
    draft.remove(resolvePathId('/a/b'));
    expect(draft.putSpec(aPodEntry('/a'))).toBeUndefined();
    expect(kindsOf(draft)).toEqual({ '/a': 'pod' });
  });

  it.for<{ what: string; there: readonly TreeEntry[]; put: TreeEntry; error: string }>([
    { what: 'an app where a pod is', there: [aPodEntry('/a')], put: anAppEntry('/a'), error: APP_AND_POD },
    { what: 'a pod where an app is', there: [anAppEntry('/a')], put: aPodEntry('/a'), error: APP_AND_POD },
    {
      what: 'an app where a group with an app is',
      there: [aGroupEntry('/a'), aGroupEntry('/a/b'), anAppEntry('/a/b/c')],
      put: anAppEntry('/a'),
      error: APP_AND_GROUP,
    },
    {
      what: 'a pod where a group with a pod is',
      there: [aGroupEntry('/a'), aPodEntry('/a/b')],
      put: aPodEntry('/a'),
      error: POD_AND_GROUP,
    },
    { what: 'an app below an app', there: [anAppEntry('/a')], put: anAppEntry('/a/b'), error: APP_AND_GROUP },
    { what: 'an app far below a pod', there: [aPodEntry('/a')], put: anAppEntry('/a/b/c'), error: POD_AND_GROUP },
    { what: 'a group where an app is', there: [anAppEntry('/a')], put: aGroupEntry('/a'), error: APP_AND_GROUP },
    { what: 'a group where a pod is', there: [aPodEntry('/a')], put: aGroupEntry('/a'), error: POD_AND_GROUP },
    { what: 'a group below an app', there: [anAppEntry('/a')], put: aGroupEntry('/a/b'), error: APP_AND_GROUP },
  ])('refuses $what', ({ there, put, error }) => {
    const draft = draftOf(...there);
    expect(put.kind === 'group' ? draft.putGroup(put) : draft.putSpec(put)).toBe(error);
  });

  it('refuses an app and an empty group of one id that it both names', () => {
    const draft = draftOf();
    expect(draft.putGroup(aGroupEntry('/a'))).toBeUndefined();
    expect(draft.putSpec(anAppEntry('/a'))).toBe(APP_AND_GROUP);
  });
});
