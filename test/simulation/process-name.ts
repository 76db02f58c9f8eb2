/** What runs as an invocation of its own. */
export type ProcessName = 'api' | 'ingest' | 'publish' | 'tick';
