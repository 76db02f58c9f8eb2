/** What runs as an invocation of its own. */
export type ProcessName = 'api' | 'health' | 'ingest' | 'publish' | 'tick';
