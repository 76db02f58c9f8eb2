import { AwsError } from '../endpoint/aws-service.ts';
import { invalidValue } from './operation.ts';

interface VolumeType {
  /** GiB. */
  readonly size: readonly [number, number];
  readonly iops?: { readonly range: readonly [number, number]; readonly default?: number };
  /** MiB/s. */
  readonly throughput?: { readonly range: readonly [number, number]; readonly default: number };
}

/** Bounds of CreateVolume (its reference, volume sizes and IOPS; aws.md §3.1). */
const VOLUME_TYPES: Readonly<Record<string, VolumeType>> = {
  gp2: { size: [1, 16_384] },
  gp3: {
    size: [1, 65_536],
    iops: { range: [3000, 80_000], default: 3000 },
    throughput: { range: [125, 2000], default: 125 },
  },
  io1: { size: [4, 16_384], iops: { range: [100, 64_000] } },
  io2: { size: [4, 65_536], iops: { range: [100, 256_000] } },
  st1: { size: [125, 16_384] },
  sc1: { size: [125, 16_384] },
  standard: { size: [1, 1024] },
};

export interface VolumePerformance {
  readonly iops?: number;
  readonly throughput?: number;
}

/** What a volume of this type and size (GiB) performs. Throws what CreateVolume refuses. */
export function performanceOf(
  type: string,
  size: number,
  asked: { readonly iops: number | undefined; readonly throughput: number | undefined },
): VolumePerformance {
  const bounds = Object.hasOwn(VOLUME_TYPES, type) ? VOLUME_TYPES[type] : undefined;
  if (bounds === undefined) {
    throw new AwsError('UnknownVolumeType', `Unsupported volume type '${type}' for volume creation.`);
  }
  const [least, most] = bounds.size;
  if (size < least)
    throw invalidValue(`Volume of ${size}GiB is too small for volume type ${type}; minimum is ${least}GiB.`);
  if (size > most)
    throw invalidValue(`Volume of ${size}GiB is too large for volume type ${type}; maximum is ${most}GiB.`);
  const iops = choose('iops', type, asked.iops, bounds.iops);
  const throughput = choose('throughput', type, asked.throughput, bounds.throughput);
  if (type === 'gp2') return { iops: Math.min(16_000, Math.max(100, 3 * size)) };
  return { ...(iops !== undefined && { iops }), ...(throughput !== undefined && { throughput }) };
}

function choose(
  parameter: 'iops' | 'throughput',
  type: string,
  asked: number | undefined,
  bounds: { readonly range: readonly [number, number]; readonly default?: number } | undefined,
): number | undefined {
  if (bounds === undefined) {
    if (asked === undefined) return undefined;
    throw new AwsError(
      'InvalidParameterCombination',
      `The parameter ${parameter} is not supported for ${type} volumes.`,
    );
  }
  const value = asked ?? bounds.default;
  if (value === undefined) {
    throw new AwsError('MissingParameter', `The request must contain the parameter ${parameter} for ${type} volumes`);
  }
  const [least, most] = bounds.range;
  if (value >= least && value <= most) return value;
  throw invalidValue(
    `${parameter} of ${value} is not allowed for ${type} volumes; it must be between ${least} and ${most}.`,
  );
}
