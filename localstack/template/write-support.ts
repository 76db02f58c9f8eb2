import { mkdirSync, writeFileSync } from 'node:fs';
import { renderSupport } from './render-support.ts';

/** Writes docs/local-cloud.md anew; a test says when it is due. */
const file = new URL('../../docs/local-cloud.md', import.meta.url);
mkdirSync(new URL('.', file), { recursive: true });
writeFileSync(file, renderSupport());
