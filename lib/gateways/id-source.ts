/** Where new ids come from; seeded in simulation. */
export interface IdSource {
  /** A random (version 4) uuid: launch ids, deployment ids. */
  uuid(): string;
  /** A time-based (version 1) uuid: instance ids, as Marathon makes them. */
  timeUuid(): string;
  /** A number in [0, 1): jitter. */
  random(): number;
}
