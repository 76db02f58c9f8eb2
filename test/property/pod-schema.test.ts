import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePod } from '../../lib/schema/pod/parse-pod.ts';
import { renderPod } from '../../lib/schema/pod/render-pod.ts';
import { aConfig } from '../fixtures/a-config.ts';
import { podArbitrary } from '../fixtures/pod-arbitrary.ts';

const options = { config: aConfig() };

test('what is rendered, sent as JSON and parsed is the same definition', () => {
  fc.assert(
    fc.property(podArbitrary, (spec) => {
      const { version: _version, versionInfo: _info, ...pod } = spec;
      expect(parsePod(JSON.parse(JSON.stringify(renderPod(spec))), options)).toEqual({ ok: true, pod });
    }),
    { numRuns: 100 },
  );
});

/** A pod with one part replaced by anything: as far as rules look, whatever is in it. */
const withAnything = (value: unknown) => [
  value,
  ...['containers', 'volumes', 'networks', 'scaling', 'scheduling', 'environment', 'secrets', 'linuxInfo'].map(
    (key) => ({
      id: '/pod',
      containers: [{ name: 'a', resources: {} }],
      [key]: value,
    }),
  ),
  ...['exec', 'endpoints', 'image', 'healthCheck', 'volumeMounts', 'resourceLimits', 'environment'].map((key) => ({
    id: '/pod',
    containers: [{ name: 'a', resources: {}, [key]: value }],
  })),
  {
    id: '/pod',
    containers: [{ name: 'a', resources: {}, endpoints: [value], volumeMounts: [value] }],
    volumes: [value],
  },
  { id: '/pod', containers: [value], scheduling: { placement: { constraints: [value] } } },
];

test('any JSON is accepted or refused with a client error, never thrown on', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const body of withAnything(value)) {
        const parsed = parsePod(body, options);
        if (!parsed.ok) expect(parsed.error.status).toBe(422);
      }
    }),
    { numRuns: 100 },
  );
});

test('a good pod with any one value in it replaced is accepted or refused with a client error', () => {
  /** Replaces the n-th value of a tree, counted in depth, by another. */
  function replaced(tree: unknown, n: number, value: unknown): unknown {
    let left = n;
    const visit = (node: unknown): unknown => {
      left -= 1;
      if (left === -1) return value;
      if (Array.isArray(node)) return node.map(visit);
      if (typeof node !== 'object' || node === null) return node;
      return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, visit(child)]));
    };
    return visit(tree);
  }
  fc.assert(
    fc.property(podArbitrary, fc.nat({ max: 120 }), fc.jsonValue(), (spec, n, value) => {
      const parsed = parsePod(replaced(renderPod(spec), n, value), options);
      if (!parsed.ok) expect(parsed.error.status).toBe(422);
    }),
    { numRuns: 200 },
  );
});
