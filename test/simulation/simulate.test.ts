import { describe, expect, it } from 'vitest';
import { makeHistory } from './history.ts';
import { simulate } from './simulate.ts';
import { CALM, roughWeather } from './weather.ts';

/** A fixed few; `npm run sim` and `npm run soak` run as many as asked. */
const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);
const ACTS = 60;

describe('random histories', () => {
  it.each(SEEDS)('seed %i in calm weather', async (seed) => {
    expect((await simulate(seed, makeHistory(seed, ACTS), CALM)).violations).toEqual([]);
  });

  it.each(SEEDS)(
    'seed %i in rough weather: calls fail, processes die and stall, events are lost, doubled and late',
    async (seed) => {
      expect((await simulate(seed, makeHistory(seed, ACTS), roughWeather(seed))).violations).toEqual([]);
    },
  );
});
