import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../lib/model/pod.ts';
import { hostPortWishesOf, portsOf } from '../../../lib/model/spec-ports.ts';
import { aPod, aPodContainer } from '../../fixtures/a-pod.ts';

const endpoint = (fields: Partial<Endpoint>): Endpoint => ({
  name: 'http',
  protocol: [],
  labels: {},
  networkNames: [],
  ...fields,
});

describe('the ports of a pod', () => {
  const pod = aPod({
    containers: [
      aPodContainer({ endpoints: [endpoint({ hostPort: 0 }), endpoint({ name: 'inner', containerPort: 80 })] }),
      aPodContainer({ name: 'none', endpoints: [] }),
      aPodContainer({ name: 'side', endpoints: [endpoint({ name: 'fixed', containerPort: 0, hostPort: 31_005 })] }),
    ],
  });

  test('are its endpoints, container by container', () => {
    expect(portsOf(pod)).toEqual([
      { name: 'http', number: 0, host: { kind: 'any' } },
      { name: 'inner', number: 80, host: { kind: 'none' } },
      { name: 'fixed', number: 0, host: { kind: 'fixed', port: 31_005 } },
    ]);
  });

  test('ask an agent for those with a host port', () => {
    expect(hostPortWishesOf(pod)).toEqual([{ kind: 'any' }, { kind: 'fixed', port: 31_005 }]);
  });
});
