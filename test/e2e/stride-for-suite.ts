import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type RunningStride, startStride, taskProcesses, temporaryDirectory, tickLog } from './running-stride.ts';

/** Of the scheduler's log, when a test has failed. */
const LINES_TOLD = 40;

/** Stride as the tests of a suite use it. Its members throw before the suite's first hook has started it. */
export interface SuiteStride extends Pick<RunningStride, 'url' | 'dataDirectory' | 'request'> {
  /** For files of the tests, removed after the last; Stride's data lie in a folder of it. */
  readonly directory: string;
  /** Ends it and starts it again on the same data. */
  restart(): Promise<void>;
}

/**
 * Starts Stride before the first test of the suite that calls this, and ends it after the last, with no task left.
 * @param args of the local cloud's command line
 */
export function strideForSuite(...args: readonly string[]): SuiteStride {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>> | undefined;
  let stride: RunningStride | undefined;
  const started = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('Stride is not started yet');
    return part;
  };
  const start = async (): Promise<void> => {
    stride = await startStride(join(started(directory).path, 'data'), args);
  };

  beforeAll(async () => {
    directory = await temporaryDirectory();
    await start();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail' || stride === undefined) return;
    const lines = (await tickLog(stride.dataDirectory)).trim().split('\n');
    console.error(['The last of the scheduler’s log:', ...lines.slice(-LINES_TOLD)].join('\n'));
  });
  afterAll(async () => {
    await stride?.stop();
    if (directory === undefined) return;
    const left = await taskProcesses(directory.path);
    await directory.remove();
    expect(left).toEqual([]);
  });

  return {
    get directory() {
      return started(directory).path;
    },
    get url() {
      return started(stride).url;
    },
    get dataDirectory() {
      return started(stride).dataDirectory;
    },
    request: (...request) => started(stride).request(...request),
    async restart() {
      await started(stride).stop();
      await start();
    },
  };
}
