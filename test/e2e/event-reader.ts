import { vi } from 'vitest';

export interface SeenEvent {
  readonly id: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Follows `GET /v2/events` and keeps everything that came. */
export async function followEvents(url: string, query = '', headers: Readonly<Record<string, string>> = {}) {
  const abort = new AbortController();
  const response = await fetch(`${url}/v2/events${query}`, {
    headers: { Accept: 'text/event-stream', ...headers },
    signal: abort.signal,
  });
  const events: SeenEvent[] = [];
  let raw = '';

  function parse(frame: string): void {
    const field = (name: string): string | undefined =>
      frame
        .split('\r\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2);
    const [id, type, data] = [field('id'), field('event'), field('data')];
    if (id !== undefined && type !== undefined && data !== undefined)
      events.push({ id: Number(id), type, data: JSON.parse(data) });
  }

  const reading = (async () => {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of response.body ?? []) {
      const text = decoder.decode(chunk, { stream: true });
      raw += text;
      const frames = (rest + text).split('\r\n\r\n');
      rest = frames.pop() ?? '';
      frames.forEach(parse);
    }
  })().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });

  return {
    response,
    events,
    raw: () => raw,
    /** Waits until an event holds. */
    until: (holds: (event: SeenEvent) => boolean, timeout = 15_000) =>
      vi.waitUntil(() => events.find(holds), { timeout, interval: 20 }),
    async close(): Promise<void> {
      abort.abort();
      await reading;
    },
  };
}
