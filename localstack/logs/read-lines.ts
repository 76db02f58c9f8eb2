import type { FileHandle } from 'node:fs/promises';

/** A part of a file that is one event of its stream. */
export interface Line {
  readonly text: string;
  /** Of its first byte, and behind its last. */
  readonly begin: number;
  readonly end: number;
}

/** The awslogs driver cuts longer lines: CloudWatch's 256 KiB less what an event costs besides. */
const MAX_LINE = 262_118;
/** What CloudWatch counts for an event beside its message (quotas of PutLogEvents). */
const EVENT_BYTES = 26;
const MAX_PAGE = 1024 * 1024;
const NEWLINE = 0x0a;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Cuts go between characters of UTF-8: bytes `10……` go on with one. */
function cutBefore(bytes: Buffer, at: number): number {
  let cut = at;
  while (cut > at - 3 && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut -= 1;
  return cut;
}

/**
 * Lines with their ends. What follows the last one is a line only when `ended`, or when it is too long for one.
 * @param offset of the first byte in its file
 */
function* linesIn(bytes: Buffer, offset: number, ended: boolean): Generator<Line> {
  for (let begin = 0; begin < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, begin);
    const whole = newline === -1 ? bytes.length : newline + 1;
    const isLong = whole - begin > MAX_LINE;
    if (newline === -1 && !isLong && !ended) return;
    const end = isLong ? cutBefore(bytes, begin + MAX_LINE) : whole;
    yield { text: decoder.decode(bytes.subarray(begin, end)), begin: offset + begin, end: offset + end };
    begin = end;
  }
}

async function readBytes(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, from);
  return buffer.subarray(0, bytesRead);
}

/** The lines that fit into one page, in the order given. */
function firstThatFit(lines: Iterable<Line>, limit: number): readonly Line[] {
  const page: Line[] = [];
  let size = 0;
  for (const line of lines) {
    size += line.end - line.begin + EVENT_BYTES;
    if (page.length === limit || size > MAX_PAGE) break;
    page.push(line);
  }
  return page;
}

/**
 * Up to `limit` lines from a position on, at most 1 MiB.
 * @param mayGrow whether the file's last line may still be incomplete
 */
export async function linesAfter(
  handle: FileHandle,
  from: number,
  limit: number,
  mayGrow: boolean,
): Promise<readonly Line[]> {
  const bytes = await readBytes(handle, from, MAX_PAGE);
  // What is behind the bytes that were read completes their last line.
  return firstThatFit(linesIn(bytes, from, !mayGrow && bytes.length < MAX_PAGE), limit);
}

/** The last `limit` lines before a position, at most 1 MiB; those of a file's end without one. */
export async function linesBefore(
  handle: FileHandle,
  position: number | undefined,
  limit: number,
  mayGrow: boolean,
): Promise<readonly Line[]> {
  const end = position ?? (await handle.stat()).size;
  const begin = Math.max(0, end - MAX_PAGE);
  const bytes = await readBytes(handle, begin, end - begin);
  // The first line may have begun before the bytes that were read.
  const skipped = begin === 0 ? 0 : bytes.indexOf(NEWLINE) + 1;
  const lines = [...linesIn(bytes.subarray(skipped), begin + skipped, position !== undefined || !mayGrow)];
  return firstThatFit(lines.reverse(), limit).toReversed();
}
