import { describe, expect, it } from 'vitest';
import { toErrorBody } from '../../../lib/errors/app-error.ts';
import { EMPTY_TREE } from '../../../lib/group/tree.ts';
import { contentHash } from '../../../lib/model/content-hash.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { aConfig } from '../../fixtures/a-config.ts';
import { EPOCH } from '../../fixtures/an-app.ts';
import { aDefinition, appsOf, createDefinitions } from './definitions.ts';

const A = resolvePathId('/a');

type Decision = ReturnType<ReturnType<typeof createDefinitions>['plan']>;
const refusalOf = (decision: Decision) =>
  decision.ok ? undefined : { status: decision.error.status, ...toErrorBody(decision.error) };

describe('what a commit writes', () => {
  it('is everything for a new app: spec, path, plan, root', () => {
    const definitions = createDefinitions();
    const { specs, tree, plan, root, superseded, after } = definitions.commit([aDefinition('/shop/cart')]);
    const version = toTimestamp(EPOCH);
    const id = resolvePathId('/shop/cart');
    const spec = {
      ...aDefinition('/shop/cart', { portDefinitions: [{ port: 10_000, protocol: 'tcp', labels: {} }] }),
      version,
      versionInfo: { lastScalingAt: version, lastConfigChangeAt: version },
    };
    expect(specs).toEqual([{ spec, former: [] }]);
    expect(after).toEqual(new Map([[id, spec]]));
    expect(superseded).toEqual([]);
    expect(definitions.entries()).toEqual(
      new Map([
        [resolvePathId('/shop'), { kind: 'group', id: '/shop', dependencies: [] }],
        [
          id,
          {
            kind: 'app',
            id,
            spec: contentHash({ spec, former: [] }),
            version,
            servicePorts: [10_000],
            dependencies: [],
          },
        ],
      ]),
    );
    expect(plan).toEqual({
      id: 'deployment-1',
      version,
      steps: [{ actions: [{ kind: 'start', runSpec: id }] }, { actions: [{ kind: 'scale', runSpec: id, to: 1 }] }],
      affected: [id],
      original: EMPTY_TREE,
      target: tree.root,
    });
    expect(root).toEqual({
      seq: 1,
      version,
      tree: tree.root,
      running: { 'deployment-1': 1 },
      recent: [{ version, tree: tree.root, deployment: 'deployment-1' }],
    });
  });

  it('removes an app and keeps its groups', () => {
    const definitions = createDefinitions();
    definitions.commit([aDefinition('/shop/cart')]);
    definitions.finishAll();
    const { plan, specs } = definitions.commit([resolvePathId('/shop/cart')]);
    expect(plan.steps).toEqual([{ actions: [{ kind: 'stop', runSpec: '/shop/cart' }] }]);
    expect(specs).toEqual([]);
    expect([...definitions.entries().keys()]).toEqual(['/shop']);
  });

  it('is a new version, an empty plan and the old spec when nothing differs', () => {
    const definitions = createDefinitions();
    definitions.commit([aDefinition('/a')], { now: EPOCH });
    definitions.finishAll();
    const before = definitions.find(A);
    const { plan, root, tree } = definitions.commit([aDefinition('/a')], { now: EPOCH + 5_000 });
    expect(plan.steps).toEqual([]);
    expect(plan.version).toBe(toTimestamp(EPOCH + 5_000));
    expect(tree.root).toBe(plan.original);
    expect(root.running).toEqual({});
    expect(definitions.find(A)).toEqual(before);
  });

  it('never has a version twice, even when the clock stands still or goes back', () => {
    const definitions = createDefinitions();
    const versions = [EPOCH, EPOCH, EPOCH - 60_000, EPOCH + 10].map((now) => {
      const { plan } = definitions.commit([aDefinition('/a', { instances: now % 7 })], { now, force: true });
      return plan.version;
    });
    expect(versions).toEqual([EPOCH, EPOCH + 1, EPOCH + 2, EPOCH + 10].map(toTimestamp));
  });

  it('remembers the former versions of an app, newest first, as many as configured', () => {
    const definitions = createDefinitions(aConfig({ maxVersions: 3 }));
    for (let number = 0; number < 6; number += 1) {
      definitions.commit([aDefinition('/a', { cmd: `sleep ${number}` })], { now: EPOCH + number, force: true });
    }
    expect(definitions.find(A)?.spec.version).toBe(toTimestamp(EPOCH + 5));
    expect(definitions.find(A)?.former.map(({ version }) => version)).toEqual(
      [4, 3, 2].map((n) => toTimestamp(EPOCH + n)),
    );
  });

  it('remembers the last 64 commits', () => {
    const definitions = createDefinitions();
    for (let number = 0; number < 70; number += 1) {
      definitions.commit([aDefinition('/a', { instances: number })], { now: EPOCH + number, force: true });
    }
    const { recent, seq } = definitions.root();
    expect(seq).toBe(70);
    expect(recent).toHaveLength(64);
    expect(recent.at(0)?.deployment).toBe('deployment-70');
    expect(recent.at(-1)?.deployment).toBe('deployment-7');
  });

  it('restarts what does not differ', () => {
    const definitions = createDefinitions();
    definitions.commit([aDefinition('/a')]);
    definitions.finishAll();
    const { plan } = definitions.commit([aDefinition('/a')], { now: EPOCH + 1_000 }, true);
    expect(plan.steps).toEqual([{ actions: [{ kind: 'restart', runSpec: A }] }]);
    expect(definitions.find(A)?.spec.versionInfo).toEqual({
      lastScalingAt: toTimestamp(EPOCH),
      lastConfigChangeAt: toTimestamp(EPOCH + 1_000),
    });
  });
});

describe('locks', () => {
  const running = () => {
    const definitions = createDefinitions();
    definitions.commit([aDefinition('/a')]);
    definitions.commit([aDefinition('/b')]);
    return definitions;
  };

  it('refuse a change of what a running deployment holds, naming the holder', () => {
    expect(refusalOf(running().plan([aDefinition('/a', { instances: 2 })]))).toEqual({
      status: 409,
      message:
        "App is locked by one or more deployments. Override with the option '?force=true'. View details at " +
        "'/v2/deployments/<DEPLOYMENT_ID>'.",
      deployments: [{ id: 'deployment-1' }],
    });
  });

  it('name every holder', () => {
    const changes = [aDefinition('/a', { instances: 2 }), aDefinition('/b', { instances: 2 }), aDefinition('/c')];
    expect(refusalOf(running().plan(changes))?.deployments).toEqual([{ id: 'deployment-1' }, { id: 'deployment-2' }]);
  });

  it('let neighbours and empty changes through', () => {
    const definitions = running();
    expect(definitions.plan([aDefinition('/c')]).ok).toBe(true);
    expect(definitions.plan([aDefinition('/a')]).ok).toBe(true);
  });

  it('give way to force: the holders leave the root in the same commit', () => {
    const definitions = running();
    const { superseded, root } = definitions.commit([aDefinition('/a', { instances: 2 })], { force: true });
    expect(superseded.map(({ id }) => id)).toEqual(['deployment-1']);
    expect(root.running).toEqual({ 'deployment-2': 2, 'deployment-3': 3 });
  });

  it('are not broken by a forced change without a difference', () => {
    const definitions = running();
    const { superseded, root } = definitions.commit([aDefinition('/a')], { force: true });
    expect(superseded).toEqual([]);
    expect(root.running).toEqual({ 'deployment-1': 1, 'deployment-2': 2 });
  });

  it('give way to a rollback without a difference: what a restart leaves is brought to its count', () => {
    const definitions = createDefinitions();
    definitions.commit([aDefinition('/a', { instances: 3 })]);
    definitions.finishAll();
    const restart = definitions.commit([aDefinition('/a', { instances: 3 })], { now: EPOCH + 1_000 }, true).plan;
    const restarted = definitions.find(A);
    const undo = { force: true, undoes: restart.id, now: EPOCH + 2_000 };
    const { plan, superseded, root } = definitions.commit([aDefinition('/a', { instances: 3 })], undo);
    expect(plan).toMatchObject({
      steps: [{ actions: [{ kind: 'scale', runSpec: A, to: 3 }] }],
      affected: [A],
      undoes: restart.id,
    });
    expect(superseded.map(({ id }) => id)).toEqual([restart.id]);
    expect(Object.keys(root.running)).toEqual([plan.id]);
    expect(definitions.find(A)).toEqual(restarted);
  });

  it('end at the limit of running deployments, for forced changes too, and before anything else is judged', () => {
    const definitions = createDefinitions(aConfig({ maxRunningDeployments: 2 }));
    definitions.commit([aDefinition('/a')]);
    definitions.commit([aDefinition('/b')]);
    for (const force of [false, true]) {
      expect(refusalOf(definitions.plan([aDefinition('/a/b')], { force }))).toMatchObject({
        status: 403,
        message: expect.stringContaining('Max number (2) of running deployments is achieved.'),
      });
    }
  });

  it('may be undone at the limit: what undoes one takes its place', () => {
    const definitions = createDefinitions(aConfig({ maxRunningDeployments: 2 }));
    definitions.commit([aDefinition('/a')]);
    const { id } = definitions.commit([aDefinition('/b')]).plan;
    const undo = { force: true, undoes: id, now: EPOCH + 1_000 };
    const { plan, superseded, root } = definitions.commit([aDefinition('/b', { instances: 3 })], undo);
    expect(superseded.map((one) => one.id)).toEqual([id]);
    expect(Object.keys(root.running)).toEqual(['deployment-1', plan.id]);
  });
});

describe('ids', () => {
  const SAME_ID = {
    status: 422,
    message: 'Object is not valid',
    details: [{ path: '/', errors: ['Groups and Applications may not have the same identifier.'] }],
  };

  it('are an app or a group with apps, not both', () => {
    const definitions = createDefinitions();
    definitions.commit([aDefinition('/a/b')]);
    expect(refusalOf(definitions.plan([aDefinition('/a')]))).toEqual(SAME_ID);
    expect(refusalOf(definitions.plan([aDefinition('/a/b/c')]))).toEqual(SAME_ID);
    expect(definitions.plan([aDefinition('/a/bc')]).ok).toBe(true);
    expect(definitions.plan([aDefinition('/a/b', { instances: 3 })], { force: true }).ok).toBe(true);
  });

  it('clash within one change too', () => {
    expect(refusalOf(createDefinitions().plan([aDefinition('/a'), aDefinition('/a/b')]))).toEqual(SAME_ID);
  });

  it('of groups without apps give way, with the groups below', () => {
    const definitions = createDefinitions();
    definitions.commit([aDefinition('/a/b/c')]);
    definitions.commit([resolvePathId('/a/b/c')], { force: true });
    expect([...definitions.entries().keys()].toSorted()).toEqual(['/a', '/a/b']);
    definitions.commit([aDefinition('/a')]);
    expect([...definitions.entries()].map(([id, { kind }]) => [id, kind])).toEqual([['/a', 'app']]);
  });
});

describe('the whole tree', () => {
  it('refuses a cycle and names it', () => {
    const definitions = createDefinitions();
    definitions.commit([aDefinition('/a', { dependencies: [resolvePathId('/b')] })]);
    expect(refusalOf(definitions.plan([aDefinition('/b', { dependencies: [A] })]))).toEqual({
      status: 422,
      message: 'Object is not valid',
      details: [{ path: '/', errors: ['Dependency graph has cyclic dependencies. One of them: /a → /b → /a'] }],
    });
  });

  it('gives each external volume to one app, unless all of them share it', () => {
    const definitions = createDefinitions();
    const withVolume = (id: string, shared: boolean) => {
      const external = { provider: 'dvdi', name: 'v', options: {}, shared } as const;
      const volumes = [{ kind: 'external', containerPath: 'v', mode: 'RW', external }] as const;
      return aDefinition(id, { container: { type: 'MESOS', volumes } });
    };
    definitions.commit([withVolume('/a', true), withVolume('/b', true)]);
    definitions.finishAll();
    expect(refusalOf(definitions.plan([withVolume('/shop/c', false)]))).toEqual({
      status: 422,
      message: 'Object is not valid',
      details: [
        {
          path: '/apps//shop/c/container/volumes',
          errors: ["Volume name 'v' in /shop/c conflicts with volume(s) of same name in app(s): /a, /b"],
        },
      ],
    });
    expect(definitions.plan([withVolume('/shop/c', false), A, resolvePathId('/b')]).ok).toBe(true);
    expect(definitions.plan([withVolume('/a', true)]).ok).toBe(true);
  });

  it('gives each service port to one app, and says when there is none left', () => {
    const definitions = createDefinitions(aConfig({ servicePorts: { begin: 10, end: 11 } }));
    const { after } = definitions.commit([aDefinition('/a'), aDefinition('/b')]);
    expect([...appsOf(after).values()].map(({ portDefinitions }) => portDefinitions[0]?.port)).toEqual([10, 11]);
    expect(refusalOf(definitions.plan([aDefinition('/c')]))).toEqual({
      status: 422,
      message: 'All ports in the range [10-11) are already in use',
    });
  });

  it('numbers the ports of a container’s mappings', () => {
    const container = {
      type: 'DOCKER' as const,
      docker: { image: 'nginx', forcePullImage: false, privileged: false, parameters: [] },
      volumes: [],
      portMappings: [
        { containerPort: 80, hostPort: 0, servicePort: 0, protocol: 'tcp' as const, labels: {}, networkNames: [] },
        { containerPort: 81, hostPort: 0, servicePort: 9_000, protocol: 'tcp' as const, labels: {}, networkNames: [] },
      ],
    };
    const definitions = createDefinitions();
    const { after } = definitions.commit([aDefinition('/a', { container, portDefinitions: [] })]);
    expect(
      appsOf(after)
        .get(A)
        ?.container?.portMappings?.map(({ servicePort }) => servicePort),
    ).toEqual([10_000, 9_000]);
  });

  it('keeps the service ports of an app that is written again', () => {
    const definitions = createDefinitions();
    definitions.commit([aDefinition('/a')]);
    definitions.commit([aDefinition('/b')]);
    definitions.finishAll();
    const { after, plan } = definitions.commit([aDefinition('/b')]);
    expect(appsOf(after).get(resolvePathId('/b'))?.portDefinitions[0]?.port).toBe(10_001);
    expect(plan.steps).toEqual([]);
  });
});
