import { mkdir, readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../localstack/endpoint/aws-service.ts';
import { pythonPrograms } from './judge-cache.ts';
import { type Server, startServer } from './programs.ts';

/**
 * MiniStack on a free loopback port, empty; its files are in `directory`, which the caller removes. It holds every call
 * against the caller's policies, and serves HTTPS, without which policies that ask for secure transport refuse.
 * This process and those it starts trust its certificate from then on.
 */
export async function startMiniStack(directory: string): Promise<Server> {
  const program = await pythonPrograms();
  await mkdir(directory, { recursive: true });
  return startServer(program('ministack'), () => [], {
    cwd: directory,
    scheme: 'https',
    env: (port) => ({
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_REGION: LOCAL_REGION,
      MINISTACK_ACCOUNT_ID: LOCAL_ACCOUNT,
      AUTH: 'true',
      USE_SSL: '1',
      IOT_MTLS_ENABLED: '0',
      TMPDIR: directory,
      S3_DATA_DIR: directory,
      // Functions run on the `node` of the path: this one, as nodejs24.x asks.
      PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
    }),
    onListening: () => trust(join(directory, 'ministack-tls', 'server.crt')),
  });
}

async function trust(certificate: string): Promise<void> {
  process.env['NODE_EXTRA_CA_CERTS'] = certificate;
  process.env['AWS_CA_BUNDLE'] = certificate;
  setDefaultCACertificates([...getCACertificates('default'), await readFile(certificate, 'utf8')]);
}
