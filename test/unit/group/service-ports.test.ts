import { describe, expect, it } from 'vitest';
import { assignServicePorts } from '../../../lib/group/service-ports.ts';

const RANGE = { begin: 100, end: 103 };

describe('service ports', () => {
  it.for([
    { what: 'none asked for', requested: [], previous: [], used: [], gives: [] },
    {
      what: 'asked for by number: kept, even outside the range',
      requested: [80, 443],
      previous: [],
      used: [],
      gives: [80, 443],
    },
    {
      what: 'a number that another app has: Marathon allows it',
      requested: [101],
      previous: [],
      used: [101],
      gives: [101],
    },
    { what: '0: the lowest free', requested: [0, 0], previous: [], used: [100], gives: [101, 102] },
    { what: '0 beside a number: skips it', requested: [100, 0], previous: [], used: [], gives: [100, 101] },
    { what: '0 before a number: skips it too', requested: [0, 100], previous: [], used: [], gives: [101, 100] },
    { what: '0 again: keeps what it had', requested: [0, 0], previous: [103, 102], used: [], gives: [103, 102] },
    { what: 'one more 0', requested: [0, 0], previous: [100], used: [], gives: [100, 101] },
    { what: 'one 0 less', requested: [0], previous: [101, 102], used: [], gives: [101] },
    {
      what: 'a former port named now is not given again',
      requested: [0, 101],
      previous: [101, 102],
      used: [],
      gives: [102, 101],
    },
    { what: 'a former port that was never assigned', requested: [0], previous: [0], used: [], gives: [100] },
    { what: 'the last of the range', requested: [0], previous: [], used: [100, 101, 102], gives: [103] },
    { what: 'the range is used up', requested: [0], previous: [], used: [100, 101, 102, 103], gives: undefined },
    { what: 'used up by the request itself', requested: [0, 0, 0, 0, 0], previous: [], used: [], gives: undefined },
  ])('$what', ({ requested, previous, used, gives }) => {
    expect(assignServicePorts([{ requested, previous }], new Set(used), RANGE)).toEqual(gives && [gives]);
  });

  it('of several definitions: each its own, none of them what another names or keeps', () => {
    const requests = [
      { requested: [0, 0], previous: [] },
      { requested: [100], previous: [] },
      { requested: [0], previous: [102] },
    ];
    expect(assignServicePorts(requests, new Set(), RANGE)).toEqual([[101, 103], [100], [102]]);
    expect(assignServicePorts([...requests, { requested: [0], previous: [] }], new Set(), RANGE)).toBeUndefined();
  });
});
