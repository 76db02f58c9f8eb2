import { describe, expect, it } from 'vitest';
import { encodeFrame, isWanted, KEEP_ALIVE_FRAME } from '../../../lib/event/server-sent-events.ts';
import { toTimestamp } from '../../../lib/model/timestamp.ts';
import { EPOCH } from '../../fixtures/an-app.ts';

describe('server-sent events (events.md §1)', () => {
  it('are frames of id, type and one line of JSON, whatever the texts hold', () => {
    const event = { eventType: 'status_update_event', timestamp: toTimestamp(EPOCH), message: 'a\r\nb\n\ndata: c' };
    const frame = encodeFrame({ number: 17, id: 'x', event });
    expect(frame).toBe(
      'id: 17\r\nevent: status_update_event\r\n' +
        'data: {"eventType":"status_update_event","timestamp":"2021-03-02T08:00:00.000Z",' +
        '"message":"a\\r\\nb\\n\\ndata: c"}\r\n\r\n',
    );
    expect(frame.split('\r\n')).toHaveLength(5);
  });

  it('are kept alive by an empty line', () => {
    expect(KEEP_ALIVE_FRAME).toBe('\r\n');
  });

  it.for([
    { wanted: [], is: true },
    { wanted: ['a'], is: true },
    { wanted: ['b', 'a'], is: true },
    { wanted: ['b'], is: false },
    { wanted: ['A'], is: false },
  ])('of type a are wanted by $wanted: $is', ({ wanted, is }) => {
    expect(isWanted('a', new Set(wanted))).toBe(is);
  });
});
