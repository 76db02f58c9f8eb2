import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** Where the pages are: at the root of the sources, or deployed, beside the bundle. */
const IN_SOURCES = new URL('../../web/', import.meta.url);
const IN_BUNDLE = new URL('./web/', import.meta.url);
const ROOT = existsSync(IN_BUNDLE) ? IN_BUNDLE : IN_SOURCES;

/** A file of `web/`, by a path that no client chooses. */
export const readWebFile = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');
