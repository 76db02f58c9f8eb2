import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Bytes that are read until a whole answer is there. */
interface Reading {
  readonly chunks: Buffer[];
  received: number;
  /** Of head and body together, once the head is there; or that the body comes in chunks. */
  expected: number | 'chunked' | undefined;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

function isWhole({ chunks, received, expected }: Reading): boolean {
  if (expected === undefined) return false;
  if (expected === 'chunked') return Buffer.concat(chunks.slice(-2)).subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
  return received >= expected;
}

function textOf({ method, path, body }: Asked): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const ofBody =
    body === undefined ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${ofBody}\r\n${text}`;
}

function expectedOf(head: string, headLength: number): number | 'chunked' {
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return 'chunked';
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without a length: ${head}`);
  return headLength + Number(length);
}

/** The bytes of chunks without their lengths. */
function joined(chunked: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < chunked.length; ) {
    const end = chunked.indexOf(LINE_END, at);
    const length = Number.parseInt(chunked.toString('latin1', at, end), 16);
    parts.push(chunked.subarray(end + LINE_END.length, end + LINE_END.length + length));
    at = end + LINE_END.length + length + LINE_END.length;
  }
  return Buffer.concat(parts);
}

/** One keep-alive connection that asks one thing at a time: a client so bare that the server is what is measured. */
async function openConnection(port: number) {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let reading: Reading = { chunks: [], received: 0, expected: undefined };
  let pending: PromiseWithResolvers<Answer> | undefined;

  function take(chunk: Buffer): void {
    reading.chunks.push(chunk);
    reading.received += chunk.length;
    if (reading.expected === undefined) {
      const whole = Buffer.concat(reading.chunks);
      const end = whole.indexOf(HEAD_END);
      if (end === -1) return;
      reading.expected = expectedOf(whole.toString('latin1', 0, end), end + HEAD_END.length);
    }
    if (!isWhole(reading)) return;
    const whole = Buffer.concat(reading.chunks);
    const status = Number(whole.toString('latin1', 9, 12));
    const body = whole.subarray(whole.indexOf(HEAD_END) + HEAD_END.length);
    const isChunked = reading.expected === 'chunked';
    reading = { chunks: [], received: 0, expected: undefined };
    pending?.resolve({ status, body: isChunked ? joined(body) : body });
  }
  socket.on('data', take);
  socket.on('close', () => pending?.reject(new Error('the connection was closed')));

  return {
    ask(asked: Asked): Promise<Answer> {
      pending = Promise.withResolvers();
      socket.write(textOf(asked));
      return pending.promise;
    },
    close: (): unknown => socket.destroy(),
  };
}

export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  /** The n-th request. */
  readonly request: (index: number) => Asked;
  /** Throws when an answer is wrong. */
  readonly check: (answer: Answer, index: number) => void;
  /** Ends after so many requests, or so long. */
  readonly count: number;
  readonly milliseconds: number;
}

export interface Measured {
  readonly requests: number;
  readonly milliseconds: number;
}

/** Asks over all connections at once until the count or the time is reached. */
export async function load({ port, connections, request, check, count, milliseconds }: LoadOptions): Promise<Measured> {
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(port)));
  const began = performance.now();
  let next = 0;
  try {
    await Promise.all(
      open.map(async ({ ask }) => {
        while (next < count && performance.now() - began < milliseconds) {
          const index = next;
          next += 1;
          check(await ask(request(index)), index);
        }
      }),
    );
    return { requests: next, milliseconds: performance.now() - began };
  } finally {
    for (const { close } of open) close();
  }
}
