import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../endpoint/aws-service.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CDK = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin', 'cdk');

/** How to speak to an emulator that asks for any credentials; one with account and region as in our own ARNs. */
export const emulatorEnvironment = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_REGION: LOCAL_REGION,
  AWS_DEFAULT_REGION: LOCAL_REGION,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
});

export interface EmulatorDeployment {
  /** Base URL of Marathon's API: ends in the stage. */
  readonly apiUrl: string;
}

export interface DeployOptions {
  /** Where the emulator listens: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** Settings of the stack: `stride:<key>` to value. */
  readonly context: Readonly<Record<string, string>>;
  /** For the assembly and the outputs; made and removed by the caller. */
  readonly workDirectory: string;
  /** Hears everything that the CDK prints. */
  readonly onOutput: (text: string) => void;
}

/** `cdk bootstrap` and `cdk deploy` of the stack into an emulator. Throws with the CDK's last lines. */
export async function deployToEmulator(options: DeployOptions): Promise<EmulatorDeployment> {
  const { endpoint, workDirectory } = options;
  const outputsFile = join(workDirectory, 'outputs.json');
  const common = ['--no-notices', '--output', join(workDirectory, 'assembly')];
  await cdk(options, ['bootstrap', `aws://${LOCAL_ACCOUNT}/${LOCAL_REGION}`, ...common]);
  const settings = Object.entries(options.context).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const asked = ['--require-approval', 'never', '--outputs-file', outputsFile];
  await cdk(options, ['deploy', ...common, ...asked, ...settings]);
  const outputs = outputsSchema.parse(JSON.parse(await readFile(outputsFile, 'utf8')));
  return { apiUrl: toEmulatorUrl(endpoint, outputs.Stride.ApiUrl) };
}

/** `cdk destroy`: all but the tables, which outlive their stack. Throws with the CDK's last lines. */
export async function destroyInEmulator(options: Omit<DeployOptions, 'context'>): Promise<void> {
  await cdk(options, ['destroy', '--force', '--no-notices', '--output', join(options.workDirectory, 'assembly')]);
}

const outputsSchema = z.object({ Stride: z.object({ ApiUrl: z.url() }) });

/** `https://<id>.execute-api.<region>.amazonaws.com/<stage>` by the path that LocalStack gave to the emulators. */
function toEmulatorUrl(endpoint: string, apiUrl: string): string {
  const { hostname, pathname } = new URL(apiUrl);
  const [id] = hostname.split('.');
  return new URL(`/restapis/${id}${pathname.replace(/\/$/, '')}/_user_request_`, endpoint).href;
}

async function cdk({ endpoint, onOutput }: Omit<DeployOptions, 'context'>, args: readonly string[]): Promise<void> {
  const env = {
    ...process.env,
    ...emulatorEnvironment(endpoint),
    // `node infra/app.ts` of cdk.json is this Node.
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
    NO_COLOR: '1',
  };
  const child = spawn(process.execPath, [CDK, ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let tail = '';
  const listen = (chunk: Buffer) => {
    const text = chunk.toString('utf8');
    tail = (tail + text).slice(-2000);
    onOutput(text);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const ended = Promise.withResolvers<number | NodeJS.Signals | null>();
  child.once('error', ended.reject);
  child.once('close', (code, signal) => ended.resolve(code ?? signal));
  const code = await ended.promise;
  if (code !== 0) throw new Error(`cdk ${args[0]} ended with ${code}. Its last lines:\n${tail}`);
}
