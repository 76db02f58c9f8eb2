import fc from 'fast-check';
import type { AgentDisk } from '../../lib/model/agent-disk.ts';
import type { AppVolume, PersistentDisk } from '../../lib/model/app-volume.ts';
import type { Constraint } from '../../lib/model/constraint.ts';
import type { Held } from '../../lib/model/held.ts';
import type { Container } from '../../lib/model/run-spec.ts';

/** Few disks of few sizes, so that some volumes find one and some do not. */
export const disks: fc.Arbitrary<readonly AgentDisk[]> = fc.uniqueArray(
  fc.record(
    {
      type: fc.constantFrom('path', 'mount'),
      path: fc.constantFrom('/a', '/b', '/c'),
      size: fc.constantFrom(100, 200, 300),
      profile: fc.constant('fast'),
    },
    { requiredKeys: ['type', 'path', 'size'] },
  ),
  { selector: ({ path }) => path, maxLength: 3 },
);

const pathConstraint: fc.Arbitrary<Constraint> = fc.record({
  field: fc.constant('path'),
  operator: fc.constantFrom('LIKE', 'UNLIKE'),
  value: fc.constantFrom('/a', '/[ab]'),
});

const persistent: fc.Arbitrary<PersistentDisk> = fc.oneof(
  fc.record({ type: fc.constant('root'), size: fc.constantFrom(10, 60), constraints: fc.constant([]) }),
  fc
    .record(
      {
        type: fc.constantFrom('path', 'mount'),
        size: fc.constantFrom(50, 120, 250),
        maxSize: fc.constantFrom(200, 300),
        profileName: fc.constant('fast'),
        constraints: fc.array(pathConstraint, { maxLength: 1 }),
      },
      { requiredKeys: ['type', 'size', 'constraints'] },
    )
    .map(({ maxSize, ...disk }) => (disk.type === 'mount' && maxSize !== undefined ? { ...disk, maxSize } : disk)),
);
export const someVolumes = fc.array(persistent, { minLength: 1, maxLength: 3 });
/** Most apps have none. */
export const volumes: fc.Arbitrary<readonly PersistentDisk[]> = fc.oneof(
  { weight: 8, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: someVolumes },
);

export const containerOf = (own: readonly PersistentDisk[], external: readonly string[] = []): Container => ({
  type: 'MESOS',
  volumes: [
    ...own.map(
      (disk, at): AppVolume => ({ kind: 'persistent', containerPath: `v${at}`, mode: 'RW', persistent: disk }),
    ),
    ...external.map(
      (name): AppVolume => ({
        kind: 'external',
        containerPath: name,
        mode: 'RW',
        external: { provider: 'dvdi', name, options: {}, shared: false },
      }),
    ),
  ],
});

/** Half of a path, all of a mount. */
export function withDisk(held: Held, disk: AgentDisk | undefined): Held {
  if (disk === undefined || held.hostPorts.length > 1) return held;
  const slots = { interfaces: 1, attachments: 1 };
  return { ...held, slots, disks: [{ path: disk.path, size: disk.type === 'path' ? disk.size / 2 : disk.size }] };
}
