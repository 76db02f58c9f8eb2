/**
 * How long a test waits for what is to happen at once: long for a busy machine, and shorter than the minute after which
 * the scheduler's timer makes up for a wake that was missed. Milliseconds.
 */
export const PATIENCE = 40_000;
