import { describe, expect, it } from 'vitest';
import { conflictsOf } from '../../../lib/deployment/conflicts.ts';
import { affectedBy, planSteps, type SpecChange } from '../../../lib/deployment/plan.ts';
import { dependencyLayers } from '../../../lib/group/dependencies.ts';
import { type DeploymentId, toInstanceId } from '../../../lib/model/ids.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import type { AppSpec } from '../../../lib/model/run-spec.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { aDeploymentPlan } from '../../fixtures/a-deployment-plan.ts';
import { anApp, EPOCH } from '../../fixtures/an-app.ts';
import { anAppEntry } from '../group/entries.ts';

const LATER = toTimestamp(EPOCH + 60_000);
const app = (id: string, fields: Partial<AppSpec> = {}): AppSpec => anApp({ id: resolvePathId(id), ...fields });
const layersOf = (...apps: readonly AppSpec[]) =>
  dependencyLayers(new Map(apps.map(({ id, dependencies }) => [id, anAppEntry(id, dependencies)]))).layers;
const changeOf = (before: AppSpec | undefined, after: AppSpec | undefined): SpecChange => ({
  id: (before ?? after ?? anApp()).id,
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
});

describe('steps of a change (deployments.md §2)', () => {
  it('are those of the upstream example', () => {
    const upgraded = { version: LATER, cmd: 'new' };
    const mongo = app('/test/database/mongo');
    const service = app('/test/service/srv1', { dependencies: [mongo.id] });
    const independent = app('/test/independent');
    const toStop = app('/test/toStop');
    const toStart = app('/test/toStart', { dependencies: [service.id], instances: 2 });
    const target = [
      { ...mongo, ...upgraded },
      { ...service, ...upgraded },
      { ...independent, ...upgraded },
    ] as const;
    const changes = [
      changeOf(mongo, target[0]),
      changeOf(service, target[1]),
      changeOf(independent, target[2]),
      changeOf(toStop, undefined),
      changeOf(undefined, toStart),
    ];
    const steps = planSteps(changes, layersOf(...target, toStart));
    expect(steps).toEqual([
      { actions: [{ kind: 'stop', runSpec: toStop.id }] },
      { actions: [{ kind: 'start', runSpec: toStart.id }] },
      {
        actions: [
          { kind: 'restart', runSpec: mongo.id },
          { kind: 'restart', runSpec: independent.id },
        ],
      },
      { actions: [{ kind: 'restart', runSpec: service.id }] },
      { actions: [{ kind: 'scale', runSpec: toStart.id, to: 2 }] },
    ]);
    expect(affectedBy(steps)).toEqual([toStop.id, toStart.id, mongo.id, independent.id, service.id]);
  });

  const before = app('/app', { instances: 2 });
  const scale = (to: number) => [{ kind: 'scale', runSpec: before.id, to }];
  it.for([
    { what: 'nothing differs', after: before, actions: [] },
    { what: 'instances differ', after: { ...before, version: LATER, instances: 5 }, actions: scale(5) },
    {
      what: 'instances differ, and some are named',
      after: { ...before, version: LATER, instances: 1 },
      kill: [toInstanceId(before.id, 'one')],
      actions: [{ kind: 'scale', runSpec: before.id, to: 1, kill: [toInstanceId(before.id, 'one')] }],
    },
    { what: 'scaled to 0', after: { ...before, version: LATER, instances: 0 }, actions: scale(0) },
    {
      what: 'configuration differs',
      after: { ...before, version: LATER, cmd: 'new' },
      actions: [{ kind: 'restart', runSpec: before.id }],
    },
    {
      what: 'configuration and instances differ',
      after: { ...before, version: LATER, cmd: 'new', instances: 5 },
      actions: [{ kind: 'restart', runSpec: before.id }],
    },
    {
      what: 'configuration differs, and it is to have no instances',
      after: { ...before, version: LATER, cmd: 'new', instances: 0 },
      actions: scale(0),
    },
    {
      what: 'only the version differs: a restart',
      after: { ...before, version: LATER },
      actions: [{ kind: 'restart', runSpec: before.id }],
    },
  ])('$what', ({ after, kill = [], actions }) => {
    const steps = planSteps([{ ...changeOf(before, after), kill }], layersOf(after));
    expect(steps.flatMap((step) => step.actions)).toEqual(actions);
  });

  it('leave out the start of nothing and the scale of what is unaffected', () => {
    const unaffected = app('/db');
    const web = app('/web', { dependencies: [unaffected.id] });
    const other = app('/other');
    const steps = planSteps([changeOf(undefined, web), changeOf(undefined, other)], layersOf(unaffected, web, other));
    expect(steps).toEqual([
      {
        actions: [
          { kind: 'start', runSpec: web.id },
          { kind: 'start', runSpec: other.id },
        ],
      },
      // Unaffected, yet it lies on the way: web is in the second layer.
      { actions: [{ kind: 'scale', runSpec: other.id, to: 1 }] },
      { actions: [{ kind: 'scale', runSpec: web.id, to: 1 }] },
    ]);
  });

  it('are none for no change', () => {
    expect(planSteps([], new Map())).toEqual([]);
  });
});

describe('conflicts', () => {
  const [a, b, c] = [resolvePathId('/a'), resolvePathId('/b'), resolvePathId('/c')];
  const first = aDeploymentPlan({ id: 'first' as DeploymentId, affected: [a, b] });
  const second = aDeploymentPlan({ id: 'second' as DeploymentId, affected: [c] });

  it.for([
    { affected: [], holders: [] },
    { affected: [resolvePathId('/d')], holders: [] },
    { affected: [b], holders: [first] },
    { affected: [c, a, b], holders: [first, second] },
    { affected: [resolvePathId('/a/b')], holders: [] },
  ])('$affected', ({ affected, holders }) => {
    expect(conflictsOf(affected, [first, second])).toEqual(holders);
  });
});
