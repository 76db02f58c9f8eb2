// `npm run test:aws`: plain JavaScript for Node 20, as test/run.mjs, which it calls with the emulator to use.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runProgram } from '../../localstack/setup/run-program.mjs';

const HELP = `npm run test:aws -- [--endpoint URL]     the main job on the stack, deployed by the CDK

  --endpoint URL   an emulator of AWS, as http://127.0.0.1:4566; a MiniStack of its own, fetched with pip, unless given`;

const { values } = parseArgs({ options: { endpoint: { type: 'string' }, help: { type: 'boolean' } } });
if (values.help) {
  console.log(HELP);
} else if (values.endpoint !== undefined && !URL.canParse(values.endpoint)) {
  console.error(`--endpoint ${values.endpoint}: give a URL, as http://127.0.0.1:4566`);
  process.exitCode = 1;
} else {
  const run = fileURLToPath(new URL('../run.mjs', import.meta.url));
  const endpoint = values.endpoint === undefined ? {} : { STRIDE_EMULATOR: new URL(values.endpoint).origin };
  process.exitCode = await runProgram(
    process.execPath,
    [run, '--config', 'test/judges/deployment.config.ts'],
    endpoint,
  );
}
