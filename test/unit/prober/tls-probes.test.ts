import https from 'node:https';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createNodeProbes } from '../../../functions/health/node-probes.ts';
import { aCertificate } from '../../fixtures/a-certificate.ts';
import { listen, serve, target } from './targets.ts';

const YEAR = 365 * 24 * 3_600_000;
const EXPIRED = { validFrom: Date.now() - 2 * YEAR, validTo: Date.now() - YEAR };
const NOT_YET = { validFrom: Date.now() + YEAR, validTo: Date.now() + 2 * YEAR };

const secure = (port: number, timeoutMs = 5_000) => target(port, { secure: true, timeoutMs });

describe.each([
  ['over a kept connection', undefined],
  ['over a connection of its own', 0],
] as const)('a question over HTTPS, %s', (_, mostKept) => {
  it.each<[string, Parameters<typeof aCertificate>[0]]>([
    ['signed by nobody, for another name', {}],
    ['that has expired', EXPIRED],
    ['that is not valid yet', NOT_YET],
  ])('is answered whatever the certificate: one %s', async (_name, validity) => {
    const asked: (string | undefined)[] = [];
    const port = await listen(
      https.createServer(aCertificate(validity), ({ url }, response) => {
        asked.push(url);
        response.writeHead(503).end('busy');
      }),
    );
    expect(await createNodeProbes(mostKept).ask(secure(port))).toEqual({
      kind: 'answered',
      status: 503,
      reason: 'Service Unavailable',
      contentType: '',
      body: '',
    });
    expect(asked).toEqual(['/health']);
  });

  it('fails at a task that speaks plain HTTP', async () => {
    const port = await serve((_request, response) => response.end());
    expect(await createNodeProbes(mostKept).ask(secure(port))).toEqual({
      kind: 'failed',
      cause: 'TLS: wrong version number',
      timedOut: false,
    });
  });

  it('fails in plain HTTP at a task that speaks TLS', async () => {
    const port = await listen(https.createServer(aCertificate(), (_request, response) => response.end()));
    expect(await createNodeProbes(mostKept).ask(target(port))).toMatchObject({ kind: 'failed', timedOut: false });
  });

  it('times out at a task that takes the connection and never shakes hands', async () => {
    const port = await listen(createServer((socket) => socket.on('error', () => socket.destroy()).resume()));
    expect(await createNodeProbes(mostKept).ask(secure(port, 100))).toEqual({
      kind: 'failed',
      cause: 'no answer within 0.1 s',
      timedOut: true,
    });
  });
});

describe('a question over HTTPS', () => {
  it('keeps its connection for the next, and shakes hands once', async () => {
    let handshakes = 0;
    const port = await listen(
      https
        .createServer(aCertificate(), (_request, response) => response.end())
        .on('secureConnection', () => {
          handshakes += 1;
        }),
    );
    const probes = createNodeProbes();
    for (let probe = 0; probe < 3; probe += 1) expect(await probes.ask(secure(port))).toMatchObject({ status: 200 });
    expect(handshakes).toBe(1);
  });
});
