/**
 * `npm run replay -- ID [--url URL]`: makes the plan of a recorded pass of the scheduler again, from what it had, and
 * compares. Exit code 1 when the plans differ or the pass cannot be replayed. `GET /stride/v1/ticks` lists the ids.
 */
import { parseArgs } from 'node:util';
import { replay } from './replay-tick.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { url: { type: 'string', default: process.env['STRIDE_URL'] ?? 'http://127.0.0.1:8080' } },
});
const [id] = positionals;
if (id === undefined) {
  console.error('Which pass? npm run replay -- ID; GET /stride/v1/ticks lists the ids.');
  process.exitCode = 2;
} else {
  const { isSame, lines } = await replay(values.url, id);
  for (const line of lines) console.log(line);
  process.exitCode = isSame ? 0 : 1;
}
