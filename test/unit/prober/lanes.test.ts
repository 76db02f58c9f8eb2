import { describe, expect, it } from 'vitest';
import { createLanes } from '../../../functions/health/lanes.ts';

/** Work that ends when it is told to. */
function aBoard(room: number) {
  const lanes = createLanes(room);
  const running: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const start = (name: string, doubtful: boolean): Promise<void> =>
    lanes.run(doubtful, () => {
      running.push(name);
      return new Promise<void>((resolve, reject) => {
        ends.set(name, (error) => {
          running.splice(running.indexOf(name), 1);
          if (error === undefined) resolve();
          else reject(error);
        });
      });
    });
  const end = async (name: string, error?: Error): Promise<void> => {
    ends.get(name)?.(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { start, end, running: () => [...running].sort() };
}

describe('lanes', () => {
  it('give half of the room to the doubtful, and all of it to the others', async () => {
    const board = aBoard(4);
    const all = ['d1', 'd2', 'd3', 'd4'].map((name) => board.start(name, true));
    expect(board.running()).toEqual(['d1', 'd2']);
    all.push(...['s1', 's2', 's3'].map((name) => board.start(name, false)));
    expect(board.running()).toEqual(['d1', 'd2', 's1', 's2']);
    await board.end('d1');
    expect(board.running()).toEqual(['d2', 's1', 's2', 's3']);
    await board.end('s1');
    expect(board.running()).toEqual(['d2', 'd3', 's2', 's3']);
    for (const name of ['d2', 'd3', 'd4', 's2', 's3']) await board.end(name);
    await Promise.all(all);
    expect(board.running()).toEqual([]);
  });

  it('have room again after work that failed', async () => {
    const board = aBoard(1);
    const failing = board.start('failing', false);
    const next = board.start('next', false);
    await Promise.all([expect(failing).rejects.toThrow('broken'), board.end('failing', new Error('broken'))]);
    expect(board.running()).toEqual(['next']);
    await board.end('next');
    await next;
  });
});
