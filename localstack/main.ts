import { enableCompileCache } from 'node:module';
import { COMPILE_CACHE } from './cloud/compile-cache.ts';

// Before anything else is loaded: that is what it is for.
enableCompileCache(COMPILE_CACHE);
const { run } = await import('./cloud/run.ts');
process.exitCode = await run(process.argv.slice(2));
// Everything is closed by now; a handle that somebody forgot must not keep the terminal.
process.exit();
