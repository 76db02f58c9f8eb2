import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Probes } from '../../lib/gateways/probes.ts';
import type { ProbeOutcome, ProbeTarget } from '../../lib/model/probe.ts';
import { askStatus } from './ask-status.ts';
import { createKeptConnections } from './kept-connections.ts';
import { failed, failedBy, type HttpTarget, type Question } from './question.ts';

/** Connections at once, those that are kept for the next probe too: a function has 1,024 file descriptors. */
export const MOST_SOCKETS = 900;
/** Of these, kept for their task's next probe. */
const MOST_KEPT = 450;
/** A body longer than this is not read to its end: its connection is given up. Bytes. */
const LONGEST_BODY = 262_144;
const HEADERS = { Accept: '*/*', 'User-Agent': 'Stride health check' };

const noAnswer = ({ timeoutMs }: ProbeTarget): ProbeOutcome => failed(`no answer within ${timeoutMs / 1000} s`, true);

/** Probes over the network of this process. Certificates are not verified (scheduling.md §7). */
export function createNodeProbes(mostKept = MOST_KEPT): Probes {
  const connections = createKeptConnections(mostKept);
  let underWay = 0;

  /** One more connection is needed: kept ones make room for it. */
  function take(): void {
    underWay += 1;
    if (underWay + connections.waiting() > MOST_SOCKETS) connections.dropOldest();
  }

  function request({ host, port, path, secure }: HttpTarget): ClientRequest {
    const options = { host, port, path, headers: HEADERS, agent: connections.agentFor(secure) };
    return secure ? https.request(options) : http.request(options);
  }

  function askOverKept(target: HttpTarget, question: Question): void {
    const asked = request(target);
    question.giveUp = () => asked.destroy();
    asked.once('response', (response) => readAnswer(response, target, question));
    asked.once('upgrade', (response: IncomingMessage, socket: Duplex) => {
      socket.destroy();
      question.settle(toOutcome(response, target, ''));
    });
    asked.on('error', (error) => {
      // The task closed a kept connection just as it was used again: that says nothing of the task.
      const isStale = asked.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
      if (isStale && !question.isOver) askHttp(target, question);
      else question.settle(failedBy(error));
    });
    asked.end();
  }

  function askHttp(target: HttpTarget, question: Question): void {
    if (target.bodyLimit === 0 && !connections.hasRoom(target)) askStatus(target, HEADERS, question);
    else askOverKept(target, question);
  }

  function askTcp({ host, port }: ProbeTarget, question: Question): void {
    const socket = connect({ host, port });
    question.giveUp = () => socket.destroy();
    socket.once('connect', () => {
      question.settle({ kind: 'connected' });
      socket.destroy();
    });
    socket.on('error', (error) => question.settle(failedBy(error)));
  }

  return {
    ask: (target) =>
      new Promise((resolve) => {
        const question: Question = {
          isOver: false,
          settle(outcome) {
            if (question.isOver) return;
            question.isOver = true;
            underWay -= 1;
            clearTimeout(timer);
            resolve(outcome);
          },
          giveUp: () => undefined,
          soFar: () => noAnswer(target),
        };
        // After a time without a processor, timers fire before answers that came meanwhile are read: those go first.
        const timer = setTimeout(() => setImmediate(timeIsUp), target.timeoutMs);
        function timeIsUp(): void {
          if (question.isOver) return;
          question.settle(question.soFar());
          question.giveUp();
        }
        take();
        if (target.kind === 'http') askHttp(target, question);
        else askTcp(target, question);
      }),
  };
}

const toOutcome = (
  { statusCode = 0, statusMessage = '', headers }: IncomingMessage,
  { bodyLimit }: HttpTarget,
  body: string,
): ProbeOutcome => ({
  kind: 'answered',
  status: statusCode,
  reason: statusMessage,
  contentType: bodyLimit === 0 ? '' : (headers['content-type'] ?? ''),
  body,
});

/** The body is read on, so that the connection can be kept, and given back up to its limit. */
function readAnswer(response: IncomingMessage, target: HttpTarget, question: Question): void {
  const { bodyLimit } = target;
  let bytes = 0;
  const chunks: Buffer[] = [];
  question.soFar = () => toOutcome(response, target, Buffer.concat(chunks).toString('utf8').slice(0, bodyLimit));
  response.on('data', (chunk: Buffer) => {
    if (bytes < bodyLimit) chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > LONGEST_BODY) response.destroy();
  });
  response.on('error', () => response.destroy());
  response.once('close', () => question.settle(question.soFar()));
}
