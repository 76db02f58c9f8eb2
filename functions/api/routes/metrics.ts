import pMap from 'p-map';
import * as z from 'zod';
import { isActive } from '../../../lib/model/instance.ts';
import { loadDefinitions } from '../../runtime/definitions/definitions-view.ts';
import { metrics } from '../answers/metrics.ts';
import type { ApiDeps } from '../deps.ts';
import { TEXT_TYPE } from '../media-types.ts';
import {
  collectMetrics,
  type Metrics,
  presentMetrics,
  presentPrometheus,
  type StateCounts,
} from '../presenters/metrics.ts';
import { countTasks } from '../presenters/task-counts.ts';
import { defineRoute, type Route } from '../route.ts';

const READS_AT_ONCE = 64;

async function countState({ state }: ApiDeps): Promise<StateCounts> {
  const { root, tree } = await loadDefinitions(state);
  const entries = [...tree.entries.values()];
  const ofKind = (kind: string): number => entries.filter((entry) => entry.kind === kind).length;
  const specs = entries.filter(({ kind }) => kind !== 'group');
  const listed = await pMap(
    specs,
    async ({ id }) => {
      const instances = (await state.instances.list(id)).map(({ value }) => value);
      const beingKilled = instances.filter(({ goal, condition }) => goal !== 'Running' && isActive(condition)).length;
      return { ...countTasks(instances), beingKilled };
    },
    { concurrency: READS_AT_ONCE },
  );
  const sum = (key: 'running' | 'staged' | 'beingKilled'): number => listed.reduce((total, one) => total + one[key], 0);
  return {
    apps: ofKind('app'),
    pods: ofKind('pod'),
    groups: 1 + entries.filter(({ kind, id }) => kind === 'group' && id !== '/').length,
    deployments: Object.keys(root.value.running).length,
    running: sum('running'),
    staged: sum('staged'),
    beingKilled: sum('beingKilled'),
  };
}

async function collect(deps: ApiDeps): Promise<Metrics> {
  return collectMetrics(await countState(deps), deps.requests, deps.clock.now());
}

/** `/metrics` and below. */
export const metricsRoutes: readonly Route[] = [
  defineRoute({
    name: 'getMetrics',
    method: 'GET',
    path: '/metrics',
    summary: 'Counts of apps, instances, deployments and requests.',
    answers: { 200: { description: 'The counts.', schema: metrics } },
    handler: async (deps) => ({ status: 200, json: presentMetrics(await collect(deps)) }),
  }),
  defineRoute({
    name: 'getPrometheusMetrics',
    method: 'GET',
    path: '/metrics/prometheus',
    summary: 'The same counts in the text format of Prometheus.',
    answers: { 200: { description: 'The counts.', schema: z.string() } },
    produces: [TEXT_TYPE],
    consumes: 'any',
    handler: async (deps) => ({
      status: 200,
      text: presentPrometheus(await collect(deps)),
      headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
    }),
  }),
];
