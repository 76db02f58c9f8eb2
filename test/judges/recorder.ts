import { vi } from 'vitest';
import { PATIENCE } from '../setup/patience.ts';
import { type AnswerShape, shapeOf } from './answer-shape.ts';

/** What one call came to: the shape of its answer, or the name of the error. */
export type Outcome =
  | { readonly kind: 'answer'; readonly shape: AnswerShape }
  | { readonly kind: 'error'; readonly name: string };

/** Outcomes by the name of the call, in the order of the script; repeats of a name are merged. */
export type Outcomes = ReadonlyMap<string, Outcome>;

export interface Recorder {
  /** Makes a call and keeps what it came to under its name; the answer, or undefined after an error. */
  ask<Answer extends object>(name: string, call: () => Promise<Answer>): Promise<Answer | undefined>;
  /** The same, repeated for ten seconds until the answer is as wanted; the last answer is kept. */
  askUntil<Answer extends object>(
    name: string,
    call: () => Promise<Answer>,
    holds: (answer: Answer) => boolean,
  ): Promise<Answer>;
  readonly outcomes: Outcomes;
}

export function createRecorder(): Recorder {
  const outcomes = new Map<string, Outcome>();
  const keep = (name: string, outcome: Outcome) => {
    if (outcomes.has(name)) throw new Error(`two calls of the script are named "${name}"`);
    outcomes.set(name, outcome);
  };
  const keepAnswer = (name: string, answer: object) => {
    const members = Object.entries(answer).filter(([key]) => key !== '$metadata');
    keep(name, { kind: 'answer', shape: shapeOf(Object.fromEntries(members)) });
  };
  return {
    outcomes,
    async ask(name, call) {
      try {
        const answer = await call();
        keepAnswer(name, answer);
        return answer;
      } catch (error) {
        keep(name, { kind: 'error', name: error instanceof Error ? error.name : String(error) });
        return undefined;
      }
    },
    async askUntil(name, call, holds) {
      const answer = await vi.waitFor(
        async () => {
          const found = await call();
          if (!holds(found)) throw new Error(`${name}: never as wanted, at last ${JSON.stringify(found)}`);
          return found;
        },
        { timeout: PATIENCE, interval: 50 },
      );
      keepAnswer(name, answer);
      return answer;
    },
  };
}
