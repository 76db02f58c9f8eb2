import * as z from 'zod';
import { invalid } from './ebs-operation.ts';

/** EBS: how long block tokens and page tokens hold. */
export const BLOCK_TOKEN_MS = 7 * 24 * 60 * 60 * 1000;
const PAGE_TOKEN_MS = 60 * 60 * 1000;

const blockToken = z.object({ block: z.string(), index: z.int(), sha256: z.string(), until: z.number() });
const pageToken = z.object({ page: z.string(), from: z.int(), until: z.number() });

function write(token: object): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function read<Token>(schema: z.ZodType<Token>, text: string): Token | undefined {
  const json = Buffer.from(text, 'base64url').toString();
  try {
    return schema.safeParse(JSON.parse(json)).data;
  } catch {
    // No JSON: none of ours, as the caller says.
    return undefined;
  }
}

/** What gives a block's content away: which block, and what it holds. */
export function toBlockToken(snapshotId: string, block: { index: number; sha256: string }, now: number): string {
  return write({ block: snapshotId, index: block.index, sha256: block.sha256, until: now + BLOCK_TOKEN_MS });
}

/** The hash that a token gives away. Throws INVALID_BLOCK_TOKEN for another block's, an old one, or none. */
export function readBlockToken(text: string, snapshotId: string, index: number, now: number): string {
  const token = read(blockToken, text);
  if (token?.block === snapshotId && token.index === index && token.until > now) return token.sha256;
  throw invalid('INVALID_BLOCK_TOKEN', 'The block token is expired, or not of this block.');
}

/** Where the next page of a listing begins. */
export function toPageToken(listing: string, from: number, now: number): string {
  return write({ page: listing, from, until: now + PAGE_TOKEN_MS });
}

/** Throws INVALID_PAGE_TOKEN for another listing's, an old one, or none. */
export function readPageToken(text: string, listing: string, now: number): number {
  const token = read(pageToken, text);
  if (token?.page === listing && token.until > now) return token.from;
  throw invalid('INVALID_PAGE_TOKEN', 'The page token is expired, or not of this listing.');
}
