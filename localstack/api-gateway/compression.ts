import { promisify } from 'node:util';
import { deflate, gunzip, gzip, inflate } from 'node:zlib';

/** Content codings that API Gateway knows. */
const ENCODERS = { gzip: promisify(gzip), deflate: promisify(deflate) } as const;
const DECODERS = { gzip: promisify(gunzip), deflate: promisify(inflate) } as const;
type Coding = keyof typeof ENCODERS;

const isCoding = (name: string): name is Coding => Object.hasOwn(ENCODERS, name);

/** The first coding of `Accept-Encoding` that is known and not refused by `q=0`; undefined: plain. */
function acceptedCoding(acceptEncoding: string): Coding | undefined {
  for (const entry of acceptEncoding.split(',')) {
    const [name = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
    const isRefused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    if (!isRefused && isCoding(name)) return name;
  }
  return undefined;
}

/**
 * An answer's body as the client accepts it: packed from `minimumSize` bytes on, as API Gateway does with
 * `MinimumCompressionSize`; bodies that a function packed itself stay as they are.
 */
export async function compressBody(
  body: Buffer,
  headers: Readonly<Record<string, readonly string[]>>,
  acceptEncoding: string,
  minimumSize: number | undefined,
): Promise<{ readonly body: Buffer; readonly coding?: Coding }> {
  const coding = acceptedCoding(acceptEncoding);
  const isPlain = minimumSize !== undefined && body.length >= minimumSize && headers['content-encoding'] === undefined;
  return coding === undefined || !isPlain || body.length === 0
    ? { body }
    : { body: await ENCODERS[coding](body), coding };
}

/** A request's body unpacked, at most `limit` bytes of it; undefined when it is not packed as it says, or larger. */
export async function decompressBody(
  body: Buffer,
  contentEncoding: string,
  limit: number,
): Promise<Buffer | undefined> {
  const coding = contentEncoding.trim().toLowerCase();
  if (!isCoding(coding) || body.length === 0) return body;
  try {
    return await DECODERS[coding](body, { maxOutputLength: limit });
  } catch {
    // No packed body, or one that hides too much: the gateway refuses either.
    return undefined;
  }
}
