import { describe, expect, it } from 'vitest';
import { type Revert, revertOf } from '../../../lib/deployment/revert.ts';
import type { TreeEntry } from '../../../lib/group/tree.ts';
import { contentHash } from '../../../lib/model/content-hash.ts';
import { aGroupEntry, anAppEntry } from '../group/entries.ts';

const app = (id: string, version = 'v1'): TreeEntry => ({ ...anAppEntry(id), spec: contentHash(`${id} ${version}`) });
const group = aGroupEntry;

const tree = (...entries: readonly TreeEntry[]) => new Map(entries.map((entry) => [entry.id, entry]));

/** `/a = v1`, `-/b`, `/g -> /d`, `-/g` */
const shown = ({ specs, groups }: Revert): readonly string[] => [
  ...specs.map(({ id, entry }) => (entry === undefined ? `-${id}` : `${id} back`)),
  ...groups.map(({ id, after }) =>
    after === undefined ? `-${id}` : `${id} -> ${after.dependencies.join(' ')}`.trim(),
  ),
];

describe('what undoes a deployment', () => {
  it.for<{
    what: string;
    original: readonly TreeEntry[];
    target: readonly TreeEntry[];
    /** As the deployment left it, when absent. */
    present?: readonly TreeEntry[];
    undo: readonly string[];
  }>([
    { what: 'nothing changed', original: [app('/a')], target: [app('/a')], undo: [] },
    { what: 'a changed app', original: [app('/a')], target: [app('/a', 'v2')], undo: ['/a back'] },
    { what: 'an added app', original: [], target: [app('/a')], undo: ['-/a'] },
    { what: 'a removed app', original: [app('/a')], target: [], undo: ['/a back'] },
    { what: 'an added app that is gone', original: [], target: [app('/a')], present: [], undo: [] },
    {
      what: 'one app, where another was changed since',
      original: [app('/a'), app('/b')],
      target: [app('/a', 'v2'), app('/b')],
      present: [app('/a', 'v2'), app('/b', 'v3'), app('/c')],
      undo: ['/a back'],
    },
    {
      what: 'an added app with the groups that it brought',
      original: [],
      target: [group('/g'), group('/g/h'), app('/g/h/a')],
      undo: ['-/g/h/a', '-/g/h', '-/g'],
    },
    {
      what: 'an added app in a group that others use now',
      original: [],
      target: [group('/g'), app('/g/a')],
      present: [group('/g'), app('/g/a'), app('/g/b')],
      undo: ['-/g/a'],
    },
    {
      what: 'an added group that others made a dependency of',
      original: [],
      target: [group('/g', ['/d'])],
      present: [group('/g', ['/d', '/e'])],
      undo: ['/g -> /e'],
    },
    {
      what: 'an added group that holds what others put there',
      original: [],
      target: [group('/g', ['/d'])],
      present: [group('/g', ['/d']), app('/g/a')],
      undo: ['/g ->'],
    },
    {
      what: 'a removed group',
      original: [group('/g', ['/d']), app('/g/a')],
      target: [],
      undo: ['/g/a back', '/g -> /d'],
    },
    {
      what: 'a removed group that is there again',
      original: [group('/g', ['/d'])],
      target: [],
      present: [group('/g')],
      undo: [],
    },
    {
      what: 'dependencies, edge by edge',
      original: [group('/g', ['/kept', '/removed'])],
      target: [group('/g', ['/kept', '/added'])],
      present: [group('/g', ['/kept', '/added', '/later'])],
      undo: ['/g -> /kept /later /removed'],
    },
  ])('$what', ({ original, target, present = target, undo }) => {
    const context = { original: tree(...original), target: tree(...target), present: tree(...present) };
    expect(shown(revertOf(context))).toEqual(undo);
  });
});
