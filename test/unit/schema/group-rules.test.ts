import { describe, expect, it } from 'vitest';
import { toErrorBody } from '../../../lib/errors/app-error.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { judgeGroup } from '../../../lib/schema/group/judge-group.ts';
import { readGroup, readGroupPatch } from '../../../lib/schema/group/read-group.ts';
import { aConfig } from '../../fixtures/a-config.ts';

const APP = { id: 'a', cmd: './serve' };

interface Surroundings {
  readonly roles?: Readonly<Record<string, string>>;
  /** Groups that exist, and whether they enforce their name. */
  readonly groups?: Readonly<Record<string, boolean>>;
}

/** The refusal of a body that is sent to a path: status and body, or undefined. */
function refusal(body: unknown, path = '/', { roles = {}, groups = {} }: Surroundings = {}) {
  const read = readGroup(body, resolvePathId(path));
  const judged =
    read.ok && read.value.kind === 'contents'
      ? judgeGroup(read.value.input, read.value.id, {
          config: aConfig(),
          roleOf: (id) => roles[id],
          enforces: (id) => groups[id],
        })
      : read;
  return judged.ok ? undefined : { status: judged.error.status, ...toErrorBody(judged.error) };
}

const SEGMENT =
  "must fully match regular expression '^(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])|(\\.|\\.\\.)$'";
const RESERVED = 'must not end with any of the following reserved keywords: restart, tasks, versions, ., ..';
const ALONE = 'not allowed in conjunction with other properties.';
const NOT_NOW =
  'enforceRole cannot be modified in a request that adds, removes or modifies services; please make these changes in separate requests.';

describe('a group that is well-formed and wrong (pod-and-group-model.md B4)', () => {
  it.for<{ what: string; body: unknown; path?: string; there?: Surroundings; at: string; error: string }>([
    { what: 'a reserved id', body: { id: '/prod/tasks' }, at: '/id', error: RESERVED },
    {
      what: 'a reserved id below',
      body: { id: '/p', groups: [{ id: 'versions' }] },
      at: '/groups(0)/id',
      error: RESERVED,
    },
    {
      what: 'an id longer than a key may be',
      body: { id: `/${'a/'.repeat(450)}b` },
      at: '/id',
      error: 'must not be longer than 900 characters',
    },
    { what: 'version with an id', body: { id: '/p', version: '2020-01-01T00:00:00Z' }, at: '/version', error: ALONE },
    { what: 'version with apps', body: { version: '2020-01-01T00:00:00Z', apps: [] }, at: '/version', error: ALONE },
    { what: 'scaleBy with an id', body: { id: '/p', scaleBy: 2 }, at: '/scaleBy', error: ALONE },
    { what: 'scaleBy with groups', body: { groups: [], scaleBy: 2 }, at: '/scaleBy', error: ALONE },
    { what: 'scaleBy below', body: { groups: [{ id: 'p', scaleBy: 2 }] }, at: '/groups(0)/scaleBy', error: ALONE },
    {
      what: 'enforceRole of the root',
      body: { enforceRole: true },
      at: '/enforceRole',
      error: 'enforceRole can only be set for top-level groups, and / is not top-level',
    },
    {
      what: 'enforceRole of a deeper group',
      body: { id: '/prod', groups: [{ id: 'other' }, { id: 'second', enforceRole: true }] },
      at: '/groups(1)/enforceRole',
      error: 'enforceRole can only be set for top-level groups, and /prod/second is not top-level',
    },
    {
      what: 'enforceRole changed together with apps',
      body: { id: '/dev', enforceRole: true, apps: [] },
      there: { groups: { '/dev': false } },
      at: '/enforceRole',
      error: NOT_NOW,
    },
    {
      what: 'enforceRole changed together with apps of another group',
      body: {
        groups: [
          { id: 'dev', enforceRole: false },
          { id: 'x', apps: [] },
        ],
      },
      there: { groups: { '/dev': true } },
      at: '/groups(0)/enforceRole',
      error: NOT_NOW,
    },
    {
      what: 'an app of another group',
      body: { id: '/foo', groups: [{ id: 'sub', apps: [APP, { ...APP, id: '/foo/other' }] }] },
      at: '/groups(0)/apps(1)/id',
      error: "Identifier is not child of '/foo/sub'",
    },
    {
      what: 'an app below a group that is not listed',
      body: { id: '/f', apps: [{ ...APP, id: 'g/a' }] },
      at: '/apps(0)/id',
      error: "Identifier is not child of '/f'",
    },
    {
      what: 'an app that climbs out',
      body: { id: '/foo/sub', apps: [{ ...APP, id: '../a' }] },
      at: '/apps(0)/id',
      error: "Identifier is not child of '/foo/sub'",
    },
    {
      what: 'a group of another group',
      body: { id: '/foo', groups: [{ id: '/bar/x' }] },
      at: '/groups(0)',
      error: 'Group has to be child of groups with parent id',
    },
    {
      what: 'a group that is its own parent',
      body: { id: '/foo', groups: [{ id: '/foo' }] },
      at: '/groups(0)',
      error: 'Group has to be child of groups with parent id',
    },
    {
      what: 'the root in a group',
      body: { id: '/foo', groups: [{ id: '/' }] },
      at: '/groups(0)',
      error: 'Group has to be child of groups with parent id',
    },
    {
      what: 'an app that is wrong: without the path of its group',
      body: { id: '/foo', groups: [{ id: 'sub', apps: [{ id: 'a' }] }] },
      at: '/',
      error: "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.",
    },
    {
      what: 'the role of an app that its group does not allow',
      body: { id: '/dev', apps: [{ ...APP, role: 'other' }] },
      there: { groups: { '/dev': true } },
      at: '/role',
      error: 'got other, expected one of: [dev]',
    },
    {
      what: 'a role that a group is about to forbid',
      body: { id: '/dev/sub', apps: [{ ...APP, role: '*' }] },
      there: { groups: { '/dev': true } },
      at: '/role',
      error: 'got *, expected one of: [dev]',
    },
    { what: 'a reserved id of an app', body: { apps: [{ ...APP, id: 'restart' }] }, at: '/id', error: RESERVED },
  ])('is refused: $what', ({ body, path, there, at, error }) => {
    expect(refusal(body, path, there)).toEqual({
      status: 422,
      message: 'Object is not valid',
      details: [{ path: at, errors: [error] }],
    });
  });

  it('is told of all broken rules at once, each with its path', () => {
    const body = {
      id: '/a/b',
      enforceRole: true,
      scaleBy: 1,
      groups: [{ id: '/x' }, { id: 'tasks' }],
      apps: [{ ...APP, id: '/y' }],
    };
    expect(refusal(body)?.details).toEqual([
      { path: '/enforceRole', errors: ['enforceRole can only be set for top-level groups, and /a/b is not top-level'] },
      { path: '/scaleBy', errors: [ALONE] },
      { path: '/apps(0)/id', errors: ["Identifier is not child of '/a/b'"] },
      { path: '/groups(0)', errors: ['Group has to be child of groups with parent id'] },
      { path: '/groups(1)/id', errors: [RESERVED] },
    ]);
  });

  it.for<{ what: string; body: unknown; path?: string; there?: Surroundings }>([
    { what: 'nothing', body: {} },
    {
      what: 'null everywhere',
      body: { id: null, apps: null, groups: null, dependencies: null, enforceRole: null, scaleBy: null, version: null },
    },
    { what: 'keys that it does not know, such as pods', body: { pods: [{ id: 'x' }], hello: 1 } },
    {
      what: 'the enforced role as it is, with apps',
      body: { id: '/dev', enforceRole: true, apps: [] },
      there: { groups: { '/dev': true } },
    },
    {
      what: 'apps of a group whose role is enforced',
      body: { id: '/dev', apps: [] },
      there: { groups: { '/dev': true } },
    },
    { what: 'enforceRole false of a deeper group', body: { id: '/a/b', enforceRole: false } },
    {
      what: 'a role that the app has already',
      body: { id: '/dev', apps: [{ ...APP, role: 'old' }] },
      there: { groups: { '/dev': true }, roles: { '/dev/a': 'old' } },
    },
    { what: 'an id as long as a key may be', body: { id: `/${'a/'.repeat(449)}b` } },
    { what: 'ids with dots and climbing', body: { id: '../x/../y.z', apps: [APP] }, path: '/a/b' },
    { what: 'fifteen levels', body: JSON.parse(`${'{"id":"g","groups":['.repeat(15)}${']}'.repeat(15)}`) },
  ])('is taken with $what', ({ body, path, there }) => {
    expect(refusal(body, path, there)).toBeUndefined();
  });
});

describe('a body that cannot be read', () => {
  it.for<{ what: string; body: unknown; at: string; error: string }>([
    { what: 'a list', body: [], at: '', error: 'error.expected.jsobject' },
    { what: 'a text', body: '"{}"', at: '', error: 'error.expected.jsobject' },
    { what: 'an id that is a number', body: { id: 1 }, at: '/id', error: 'error.expected.jsstring' },
    { what: 'an empty id', body: { id: '' }, at: '/id', error: 'error.minLength' },
    { what: 'an id in capitals', body: { id: '/Prod' }, at: '/id', error: 'error.pattern' },
    { what: 'an id with a blank', body: { id: '/a b' }, at: '/id', error: 'error.pattern' },
    { what: 'apps that are no list', body: { apps: {} }, at: '/apps', error: 'error.expected.jsarray' },
    { what: 'an app that is null', body: { apps: [null] }, at: '/apps(0)', error: 'error.expected.jsobject' },
    {
      what: 'a group without an id',
      body: { groups: [{}] },
      at: '/groups(0)/id',
      error: "'id' is undefined on object: {}",
    },
    {
      what: 'an app deep down',
      body: { groups: [{ id: 'g', apps: [{ ...APP, instances: 'one' }] }] },
      at: '/groups(0)/apps(0)/instances',
      error: 'error.expected.jsnumber',
    },
    {
      what: 'too few instances',
      body: { apps: [{ ...APP, instances: -1 }] },
      at: '/apps(0)/instances',
      error: 'error.min',
    },
    {
      what: 'dependencies that are numbers',
      body: { dependencies: [1] },
      at: '/dependencies(0)',
      error: 'error.expected.jsstring',
    },
    { what: 'a factor below 0', body: { scaleBy: -0.1 }, at: '/scaleBy', error: 'error.min' },
    { what: 'a factor in words', body: { scaleBy: '2' }, at: '/scaleBy', error: 'error.expected.jsnumber' },
    {
      what: 'a factor beyond all numbers',
      body: { scaleBy: Number.POSITIVE_INFINITY },
      at: '/scaleBy',
      error: 'error.expected.jsnumber',
    },
    {
      what: 'enforceRole in words',
      body: { enforceRole: 'true' },
      at: '/enforceRole',
      error: 'error.expected.jsboolean',
    },
    { what: 'a version that is a number', body: { version: 1 }, at: '/version', error: 'error.expected.jsstring' },
    {
      what: '__proto__ as a key',
      body: JSON.parse('{"groups":[{"id":"a","__proto__":{}}]}'),
      at: '/groups(0)/__proto__',
      error: 'is not allowed as a key',
    },
  ])('$what', ({ body, at, error }) => {
    expect(refusal(body)).toEqual({ status: 422, message: 'Invalid JSON', details: [{ path: at, errors: [error] }] });
  });

  it('nested beyond reason', () => {
    const body = JSON.parse(`${'{"id":"g","groups":['.repeat(5_000)}${']}'.repeat(5_000)}`);
    expect(refusal(body)).toMatchObject({ status: 422, details: [{ errors: ['nested deeper than 64 levels'] }] });
  });

  it('larger than the limit, which the answer names', () => {
    const labels = { LARGE: 'x'.repeat(500_000) };
    const body = { apps: Array.from({ length: 9 }, (_, index) => ({ ...APP, id: `a${index}`, labels })) };
    expect(refusal(body)).toEqual({
      status: 413,
      message: 'The group is larger than the limit of 4194304 characters. Send a smaller one, or split it.',
    });
  });

  it('a version that is no time', () => {
    expect(refusal({ version: 'yesterday' })).toEqual({
      status: 422,
      message: "Invalid timestamp provided 'yesterday'. Expecting ISO-8601 datetime string.",
    });
  });

  it('a change of enforceRole', () => {
    expect(readGroupPatch({})).toEqual({ ok: true, value: { enforceRole: false } });
    expect(readGroupPatch({ enforceRole: true })).toEqual({ ok: true, value: { enforceRole: true } });
    const read = readGroupPatch({ enforceRole: 1 });
    expect(read.ok ? undefined : read.error.details).toEqual([
      { path: '/enforceRole', errors: ['error.expected.jsboolean'] },
    ]);
  });
});

describe('the id of a request', () => {
  it.for([
    [{}, '/prod', '/prod'],
    [{ id: 'child' }, '/parent', '/parent/child'],
    [{ id: '/absolute' }, '/parent', '/absolute'],
    [{ id: '../beside' }, '/a/b', '/a/beside'],
  ] as const)('%j at %s is %s', ([body, path, id]) => {
    const read = readGroup(body, resolvePathId(path));
    expect(read.ok ? read.value.id : undefined).toBe(id);
  });
});

it('an id of a path that no schema has seen is judged by its characters', () => {
  const read = readGroup({ id: 'x' }, resolvePathId('/Bad Path'));
  const judged =
    read.ok && read.value.kind === 'contents'
      ? judgeGroup(read.value.input, read.value.id, {
          config: aConfig(),
          roleOf: () => undefined,
          enforces: () => undefined,
        })
      : undefined;
  expect(judged?.ok === false ? judged.error.details : undefined).toEqual([{ path: '/id', errors: [SEGMENT] }]);
});
