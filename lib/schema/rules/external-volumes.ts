import type { AppVolume, CsiAccessMode, CsiVolume } from '../../model/app-volume.ts';
import type { AppDefinition } from '../../model/run-spec.ts';
import type { ContainerInput } from '../wire/container.ts';
import type { DvdiInput } from '../wire/volume.ts';
import { unless, type Violation } from './violation.ts';

const LABEL_TEXT = '^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$';
const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const OPTION_KEY_TEXT = '^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?/[A-Za-z0-9](?:[-A-Za-z0-9\\._:]*[A-Za-z0-9])?$';
const OPTION_KEY = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\/[A-Za-z0-9](?:[-A-Za-z0-9._:]*[A-Za-z0-9])?$/;
const DRIVER = 'dvdi/driver';
const NO_LABEL = `must match regular expression '${LABEL_TEXT}'`;

/** A positive number that fits Java's long. */
const isNaturalNumber = (text: string): boolean =>
  /^\+?\d+$/.test(text) && BigInt(text) > 0n && BigInt(text) < 2n ** 63n;

/** What the driver rexray makes of its options. */
const REXRAY: readonly (readonly [key: string, holds: (value: string) => boolean, error: (value: string) => string])[] =
  [
    ['dvdi/volumetype', (value) => LABEL.test(value), () => NO_LABEL],
    ['dvdi/newfstype', (value) => LABEL.test(value), () => NO_LABEL],
    ['dvdi/iops', isNaturalNumber, (value) => `Expected a valid, positive integer instead of ${value}`],
    ['dvdi/overwritefs', (value) => /^true$/i.test(value), () => 'Expected a valid boolean'],
  ];

function optionViolations(options: ReadonlyMap<string, string>, path: string): readonly Violation[] {
  const driver = options.get(DRIVER);
  const rexray = driver !== 'rexray' ? [] : REXRAY;
  return [
    ...[...options.keys()].flatMap((key) =>
      unless(OPTION_KEY.test(key), `${path}/keys`, `must match regular expression '${OPTION_KEY_TEXT}'`),
    ),
    ...unless(driver !== undefined, `${path}("${DRIVER}")`, 'not defined'),
    ...unless(driver === undefined || LABEL.test(driver), `${path}("${DRIVER}")`, NO_LABEL),
    ...rexray.flatMap(([key, holds, error]) => {
      const value = options.get(key);
      return unless(value === undefined || holds(value), `${path}/"${key}"`, error(value ?? ''));
    }),
  ];
}

/** Rules on a volume of the provider `dvdi`, and on the name of the provider (app-model.md §7.1). */
export function dvdiViolations(
  { containerPath, mode, external }: DvdiInput,
  engine: ContainerInput['type'],
  path: string,
): readonly Violation[] {
  const { name, provider, size } = external;
  const options = new Map(Object.entries(external.options));
  if (provider === undefined) return [[`${path}/external/provider`, 'not defined']];
  if (provider !== 'dvdi') return [[`${path}/external/provider`, 'is unknown provider']];
  return [
    ...unless(name !== undefined, `${path}/external/name`, 'not defined'),
    ...unless(name !== '', `${path}/external/name`, 'must not be empty'),
    ...optionViolations(options, `${path}/external/options`),
    ...unless(containerPath !== '.' && containerPath !== '..', `${path}/containerPath`, 'can not be one of (.,..)'),
    ...unless(engine === 'DOCKER' || mode === 'RW', `${path}/mode`, 'does not equal RW'),
    ...unless(
      engine === 'MESOS' || [...options.keys()].every((key) => key === DRIVER),
      `${path}/external/options`,
      `must only contain ${DRIVER}`,
    ),
    ...unless(
      engine === 'MESOS' || size === undefined,
      `${path}/external/size`,
      'must be undefined for Docker containers',
    ),
  ];
}

const volumesOf = ({ container }: AppDefinition) =>
  (container?.volumes ?? []).flatMap((volume) => (volume.kind === 'external' ? [volume.external.provider] : []));

/** An app with DVDI volumes runs once, and never twice during an upgrade. */
export function dvdiAppViolations(app: AppDefinition): readonly Violation[] {
  return unless(
    app.instances <= 1 || !volumesOf(app).includes('dvdi'),
    '/',
    `Number of instances is limited to 1 when declaring DVDI volumes in app [${app.id}]`,
  );
}

const isShareable = (mode: CsiAccessMode): boolean => mode.startsWith('MULTI_');
const isReadOnly = (mode: CsiAccessMode): boolean => mode.endsWith('_READER_ONLY');

function instanceViolations(instances: number, volumes: readonly CsiVolume[]): readonly Violation[] {
  const modes = volumes.map((volume) => volume.external.options.capability.accessMode);
  const refuse = (reason: string) =>
    unless(instances <= 1, '/instances', `got ${instances}, expected 1 or less while ${reason}`);
  if (!modes.every(isShareable)) return refuse('non-shareable CSI volumes are defined');
  const written = volumes.some(({ mode }, index) => mode === 'RW' && modes[index] === 'MULTI_NODE_SINGLE_WRITER');
  return written ? refuse('a multi-node single-writer volume is defined mounted as read/write') : [];
}

const isCsi = (volume: AppVolume): volume is CsiVolume =>
  volume.kind === 'external' && volume.external.provider === 'csi';

/** Rules on the volumes of the provider `csi` (app-model.md §7.1). */
export function csiViolations({ container, instances }: AppDefinition): readonly Violation[] {
  const volumes = container?.volumes ?? [];
  return [
    ...instanceViolations(instances, volumes.filter(isCsi)),
    ...volumes.flatMap((volume, index) => {
      if (!isCsi(volume)) return [];
      const path = `/container/volumes(${index})`;
      const { accessMode, accessType, fsType } = volume.external.options.capability;
      return [
        ...unless(
          volume.mode === 'RO' || !isReadOnly(accessMode),
          `${path}/volume`,
          'CSI volume must be mounted readonly with a read-only access mode',
        ),
        // Marathon accepts this and then fails with a 500.
        ...unless(
          accessType === 'block' || fsType !== undefined,
          `${path}/external/options/capability/fsType`,
          'not defined',
        ),
      ];
    }),
  ];
}
