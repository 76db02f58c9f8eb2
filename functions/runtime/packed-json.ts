import { constants, gunzipSync, gzipSync } from 'node:zlib';

/** JSON as compressed text for an attribute of an item: fast rather than small. */
export function packJson(value: unknown): string {
  return gzipSync(JSON.stringify(value), { level: constants.Z_BEST_SPEED }).toString('base64');
}

export function unpackJson(packed: string): unknown {
  return JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString('utf8'));
}
