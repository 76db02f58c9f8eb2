import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createLambda, type LambdaOptions, type LambdaService } from '../../../localstack/lambda/lambda-service.ts';
import type { FunctionModel } from '../../../localstack/template/cloud-model.ts';
import { aDirectory, type CleanUp } from '../template/an-assembly.ts';

export interface TestLambda extends LambdaService {
  readonly functions: readonly FunctionModel[];
  /** What a function has printed so far. */
  log(name: string): Promise<string>;
}

/** Functions with real worker threads: name → text of index.mjs, with changes of their models. */
export async function aLambda(
  bundles: Readonly<Record<string, string>>,
  change: Partial<FunctionModel> = {},
  options: Partial<LambdaOptions> = {},
  cleanUp: CleanUp = onTestFinished,
): Promise<TestLambda> {
  const directory = await aDirectory(cleanUp);
  const logsDirectory = join(directory, 'logs');
  await mkdir(logsDirectory);
  const functions: FunctionModel[] = [];
  for (const [name, text] of Object.entries(bundles)) {
    await mkdir(join(directory, name));
    await writeFile(join(directory, name, 'index.mjs'), text);
    functions.push({
      logicalId: `Logical${name}`,
      name,
      arn: `arn:function:${name}`,
      directory: join(directory, name),
      handler: 'index.handler',
      environment: {},
      timeoutSeconds: 10,
      memoryMb: 128,
      reservedConcurrency: undefined,
      asynchronous: { retries: 2, maxAgeSeconds: 60, onFailureQueueArn: undefined },
      ...change,
    });
  }
  const lambda = createLambda({
    functions,
    streaming: new Set(),
    endpoints: {},
    logsDirectory,
    compileCacheDirectory: join(directory, 'compile-cache'),
    onError: (error) => {
      throw error;
    },
    ...options,
  });
  cleanUp(() => lambda.stop(0));
  return { ...lambda, functions, log: (name) => readFile(join(logsDirectory, `${name}.log`), 'utf8') };
}
