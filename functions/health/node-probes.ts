import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Probes } from '../../lib/gateways/probes.ts';
import type { ProbeOutcome, ProbeTarget } from '../../lib/model/probe.ts';

/** Connections at once, those that are kept for the next probe too: a function has 1,024 file descriptors. */
export const MOST_SOCKETS = 900;
/** A body longer than this is not read to its end: its connection is given up. Bytes. */
const LONGEST_BODY = 262_144;

type HttpTarget = Extract<ProbeTarget, { kind: 'http' }>;

const failed = (cause: string, timedOut = false): ProbeOutcome => ({ kind: 'failed', cause, timedOut });
const noAnswer = ({ timeoutMs }: ProbeTarget): ProbeOutcome => failed(`no answer within ${timeoutMs / 1000} s`, true);

/** A question under way: what is known so far, and how to end it. */
interface Question {
  /** Ends it; what comes later is not heard. */
  readonly settle: (outcome: ProbeOutcome) => void;
  isOver: boolean;
  /** Destroys what it holds. */
  giveUp: () => void;
  /** The outcome if nothing more comes: once the status is there, it is the answer. */
  soFar: () => ProbeOutcome;
}

/** The connections of all tasks together: under way, and kept for the next probe. */
interface Sockets {
  underWay: number;
  readonly kept: Set<Duplex>;
}

/** Keeps a connection where there is room: each task has an address of its own, so the agent's own limit says nothing. */
function boundKept(agent: http.Agent, sockets: Sockets): void {
  const { kept } = sockets;
  const keep: (socket: Duplex) => unknown = agent.keepSocketAlive.bind(agent);
  const reuse = agent.reuseSocket.bind(agent);
  const known = new WeakSet<Duplex>();
  agent.keepSocketAlive = (socket): boolean => {
    if (kept.size + sockets.underWay > MOST_SOCKETS || keep(socket) === false) return false;
    if (!known.has(socket)) socket.once('close', () => kept.delete(socket));
    known.add(socket);
    kept.add(socket);
    return true;
  };
  agent.reuseSocket = (socket, request) => {
    kept.delete(socket);
    reuse(socket, request);
  };
}

/** Probes over the network of this process. Certificates are not verified (scheduling.md §7). */
export function createNodeProbes(): Probes {
  const sockets: Sockets = { underWay: 0, kept: new Set() };
  const agents = {
    plain: new http.Agent({ keepAlive: true, scheduling: 'lifo' }),
    secure: new https.Agent({ keepAlive: true, scheduling: 'lifo', rejectUnauthorized: false }),
  };
  boundKept(agents.plain, sockets);
  boundKept(agents.secure, sockets);

  /** One more connection is needed: kept ones make room for it. */
  function take(): void {
    sockets.underWay += 1;
    const [oldest] = sockets.kept;
    if (oldest === undefined || sockets.kept.size + sockets.underWay <= MOST_SOCKETS) return;
    sockets.kept.delete(oldest);
    oldest.destroy();
  }

  function request({ host, port, path, secure }: HttpTarget): ClientRequest {
    const options = { host, port, path, headers: { Accept: '*/*', 'User-Agent': 'Stride health check' } };
    return secure
      ? https.request({ ...options, agent: agents.secure })
      : http.request({ ...options, agent: agents.plain });
  }

  function askHttp(target: HttpTarget, question: Question): void {
    const asked = request(target);
    question.giveUp = () => asked.destroy();
    asked.once('response', (response) => readAnswer(response, target.bodyLimit, question));
    asked.once('upgrade', (response: IncomingMessage, socket: Duplex) => {
      socket.destroy();
      question.settle(toOutcome(response, ''));
    });
    asked.on('error', (error) => {
      // The task closed a kept connection just as it was used again: that says nothing of the task.
      const isStale = asked.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
      if (isStale && !question.isOver) askHttp(target, question);
      else question.settle(failed(error.message));
    });
    asked.end();
  }

  function askTcp({ host, port }: ProbeTarget, question: Question): void {
    const socket = connect({ host, port });
    question.giveUp = () => socket.destroy();
    socket.once('connect', () => {
      question.settle({ kind: 'connected' });
      socket.destroy();
    });
    socket.on('error', (error) => question.settle(failed(error.message)));
  }

  return {
    ask: (target) =>
      new Promise((resolve) => {
        const question: Question = {
          isOver: false,
          settle(outcome) {
            if (question.isOver) return;
            question.isOver = true;
            sockets.underWay -= 1;
            clearTimeout(timer);
            resolve(outcome);
          },
          giveUp: () => undefined,
          soFar: () => noAnswer(target),
        };
        const timer = setTimeout(() => {
          question.settle(question.soFar());
          question.giveUp();
        }, target.timeoutMs);
        take();
        if (target.kind === 'http') askHttp(target, question);
        else askTcp(target, question);
      }),
  };
}

const toOutcome = ({ statusCode = 0, statusMessage = '', headers }: IncomingMessage, body: string): ProbeOutcome => ({
  kind: 'answered',
  status: statusCode,
  reason: statusMessage,
  contentType: headers['content-type'] ?? '',
  body,
});

/** The body is read on, so that the connection can be kept, and given back up to its limit. */
function readAnswer(response: IncomingMessage, bodyLimit: number, question: Question): void {
  let bytes = 0;
  const chunks: Buffer[] = [];
  question.soFar = () => toOutcome(response, Buffer.concat(chunks).toString('utf8').slice(0, bodyLimit));
  response.on('data', (chunk: Buffer) => {
    if (bytes < bodyLimit) chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > LONGEST_BODY) response.destroy();
  });
  response.on('error', () => response.destroy());
  response.once('close', () => question.settle(question.soFar()));
}
