/** Apps are spread over groups of this size. */
const GROUP_SIZE = 100;

/** The n-th app's id: `/team-3/service-7`. */
export function idOf(index: number): string {
  return `/team-${Math.floor(index / GROUP_SIZE)}/service-${index % GROUP_SIZE}`;
}

/** A service as teams define them; about 1.2 KB as the API shows it. */
export function benchApp(id: string, instances: number) {
  return {
    id,
    cmd: './serve --port $PORT0 --config /etc/service/config.yaml',
    instances,
    cpus: 0.1,
    mem: 64,
    env: { LOG_LEVEL: 'info', REGION: 'local', UPSTREAM: 'http://gateway.marathon.l4lb.thisdcos.directory:8080' },
    labels: { team: id.split('/')[1] ?? '', tier: 'backend', HAPROXY_GROUP: 'external' },
    healthChecks: [{ protocol: 'MESOS_HTTP', path: '/health', portIndex: 0 }],
  };
}

/** All apps as bodies for `PUT /v2/groups`, few enough in each for the limit of a body. */
export function* appsByGroup(count: number, instances: number) {
  for (let first = 0; first < count; first += GROUP_SIZE) {
    const ids = Array.from({ length: Math.min(GROUP_SIZE, count - first) }, (_, index) => idOf(first + index));
    const group = ids[0]?.split('/')[1] ?? '';
    yield { id: `/${group}`, apps: ids.map((id) => benchApp(id, instances)) };
  }
}
