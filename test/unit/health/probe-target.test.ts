import { describe, expect, it } from 'vitest';
import { healthTarget, readinessTarget } from '../../../lib/health/probe-target.ts';
import type { AppSpec, HealthCheck, PortMapping } from '../../../lib/model/run-spec.ts';
import { aHealthCheck, aReadinessCheck } from '../../fixtures/a-health-check.ts';
import { anApp } from '../../fixtures/an-app.ts';
import { anInstance, anInstanceAgent } from '../../fixtures/an-instance.ts';

const port = (name: string) => ({ port: 0, protocol: 'tcp', name, labels: {} }) as const;
const hostMode = anApp({ portDefinitions: [port('http'), port('admin')] });
const mapping = (containerPort: number, name: string): PortMapping => ({
  containerPort,
  hostPort: 0,
  servicePort: 0,
  protocol: 'tcp',
  name,
  labels: {},
  networkNames: [],
});
const bridged = anApp({
  networks: [{ mode: 'container/bridge', labels: {} }],
  portDefinitions: [],
  container: { type: 'DOCKER', volumes: [], portMappings: [mapping(80, 'http'), mapping(8080, 'admin')] },
});
const instance = anInstance({ hostPorts: [31_001, 31_002] });
const HTTP = { kind: 'http', host: '10.0.1.20', timeoutMs: 20_000, secure: false, path: '/health', bodyLimit: 0 };
const TCP = { kind: 'tcp', host: '10.0.1.20', timeoutMs: 20_000 };

describe('whom a health check asks', () => {
  it.each<[string, AppSpec, Partial<HealthCheck>, object]>([
    ['the port at the index', hostMode, { portIndex: 1 }, { ...HTTP, port: 31_002 }],
    ['a port by its number', hostMode, { port: 9_000 }, { ...HTTP, port: 9_000 }],
    ['TLS', hostMode, { protocol: 'HTTPS' }, { ...HTTP, port: 31_001, secure: true }],
    ['a connection', hostMode, { protocol: 'TCP' }, { ...TCP, port: 31_001 }],
    ['on behalf of the agent', hostMode, { protocol: 'MESOS_HTTPS' }, { ...HTTP, port: 31_001, secure: true }],
    ['a connection on behalf of the agent', hostMode, { protocol: 'MESOS_TCP' }, { ...TCP, port: 31_001 }],
    ['a path without its slash', hostMode, { path: 'ping' }, { ...HTTP, port: 31_001, path: '/ping' }],
    [
      'a path of any text, encoded where a request’s line could not hold it',
      hostMode,
      { path: '/a b?q=é&x=%20\r\nHost: other\ud800' },
      { ...HTTP, port: 31_001, path: '/a%20b?q=%C3%A9&x=%20%0D%0AHost:%20other%EF%BF%BD' },
    ],
    ['the mapped port at the index', bridged, { portIndex: 1 }, { ...HTTP, port: 31_002 }],
    ['a port of the host in bridge mode', bridged, { port: 8_080 }, { ...HTTP, port: 8_080 }],
    [
      'a port of the container in bridge mode',
      bridged,
      { protocol: 'MESOS_TCP', port: 8_080 },
      { ...TCP, port: 31_002 },
    ],
    [
      'a time-out of 0, which is a second',
      hostMode,
      { timeoutSeconds: 0 },
      { ...HTTP, port: 31_001, timeoutMs: 1_000 },
    ],
  ])('%s', (_, spec, check, target) => {
    expect(healthTarget(spec, instance, aHealthCheck(check))).toEqual(target);
  });

  it('is the root without a path, and the first port without an index', () => {
    const { path: _path, portIndex: _index, ...bare } = aHealthCheck();
    expect(healthTarget(hostMode, instance, bare)).toEqual({ ...HTTP, port: 31_001, path: '/' });
  });

  it('is in the family of addresses asked for', () => {
    const both = anInstance({ ...instance, agent: anInstanceAgent({ ipAddresses: ['fd00::1', '10.0.1.20'] }) });
    const six = aHealthCheck({ protocol: 'MESOS_TCP', ipProtocol: 'IPv6' });
    expect(healthTarget(hostMode, both, aHealthCheck())).toEqual({ ...HTTP, port: 31_001 });
    expect(healthTarget(hostMode, both, six)).toEqual({ ...TCP, host: 'fd00::1', port: 31_001 });
    expect(healthTarget(hostMode, instance, six)).toEqual({
      kind: 'none',
      cause: 'the agent told no IPv6 address',
    });
  });

  it('is the host name of an agent without addresses', () => {
    const nameless = anInstance({ ...instance, agent: anInstanceAgent({ ipAddresses: [] }) });
    expect(healthTarget(hostMode, nameless, aHealthCheck())).toEqual({
      ...HTTP,
      host: 'i-0a1.example.internal',
      port: 31_001,
    });
  });

  it.each<[string, AppSpec, Partial<HealthCheck>]>([
    ['an index beyond the ports', hostMode, { portIndex: 2 }],
    ['a container port without a mapping', bridged, { protocol: 'MESOS_TCP', port: 81 }],
  ])('is nobody for %s', (_, spec, check) => {
    expect(healthTarget(spec, instance, aHealthCheck(check))).toEqual({
      kind: 'none',
      cause: 'the task has no host port for this check',
    });
  });
});

describe('whom a readiness check asks', () => {
  it('the port that it names', () => {
    const check = aReadinessCheck({ portName: 'admin', protocol: 'HTTPS', preserveLastResponse: true });
    expect(readinessTarget(hostMode, instance, check)).toEqual({
      kind: 'http',
      host: '10.0.1.20',
      port: 31_002,
      secure: true,
      path: '/',
      timeoutMs: 10_000,
      bodyLimit: 16_384,
    });
    expect(readinessTarget(bridged, instance, aReadinessCheck({ portName: 'http' }))).toMatchObject({ port: 31_001 });
    expect(readinessTarget(hostMode, instance, aReadinessCheck())).toEqual({
      kind: 'none',
      cause: 'the task has no host port named default',
    });
  });
});
