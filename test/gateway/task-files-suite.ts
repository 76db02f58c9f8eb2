import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  MAX_PAGE_LINES,
  type PageStart,
  type TaskFile,
  type TaskFileName,
  type TaskFiles,
} from '../../lib/gateways/task-files.ts';
import type { TaskArn } from '../../lib/model/ids.ts';

/** A gateway under test with the tasks that print. */
export interface TaskFilesTrial {
  readonly files: TaskFiles;
  /** Starts a task: both of its files are there, and empty. */
  start(task: TaskArn): Promise<void>;
  print(task: TaskArn, name: TaskFileName, text: string): Promise<void>;
  end(task: TaskArn): Promise<void>;
  close(): Promise<void>;
}

const TASK = `arn:aws:ecs:local:000000000000:task/stride/${'a'.repeat(32)}` as TaskArn;
const OTHER = `arn:aws:ecs:local:000000000000:task/stride/${'b'.repeat(32)}` as TaskArn;
const START: PageStart = { at: 'start' };
const END: PageStart = { at: 'end' };
const MIB = 1024 * 1024;

const fileOf = (task: TaskArn, name: TaskFileName = 'stdout'): TaskFile => ({ task, container: 'app', name });

/** What every implementation of the task files gateway does. `runs`: of the property. */
export function describeTaskFiles(title: string, open: () => Promise<TaskFilesTrial>, runs: number): void {
  describe(title, () => {
    let trial: TaskFilesTrial;
    beforeEach(async () => {
      trial = await open();
      await trial.start(TASK);
    });
    afterEach(() => trial.close());

    const read = (start: PageStart = START, lines = MAX_PAGE_LINES, file = fileOf(TASK)) =>
      trial.files.read(file, start, lines);

    async function page(start?: PageStart, lines?: number) {
      const outcome = await read(start, lines);
      if (outcome.kind !== 'page') throw new Error(`no page: ${outcome.kind}`);
      return { text: outcome.text, next: { at: 'offset', offset: outcome.next } as const };
    }

    /** All pages from a start on. */
    async function readAll(from: PageStart, lines: number): Promise<readonly string[]> {
      const { text, next } = await page(from, lines);
      return text === '' ? [] : [text, ...(await readAll(next, lines))];
    }

    it('has no file of a task or a container that never was', async () => {
      expect(await read(START, 1, fileOf(OTHER))).toEqual({ kind: 'none' });
      expect(await read(START, 1, { ...fileOf(TASK), container: 'sidecar' })).toEqual({ kind: 'none' });
    });

    it('tells nothing of an empty file, and then what is new, each line once', async () => {
      const empty = await page();
      expect(empty.text).toBe('');
      expect((await page(END)).text).toBe('');
      await trial.print(TASK, 'stdout', 'one\ntwo\n');
      const first = await page(empty.next);
      expect(first.text).toBe('one\ntwo\n');
      const nothing = await page(first.next);
      expect(nothing).toEqual({ text: '', next: first.next });
      await trial.print(TASK, 'stdout', 'three\n');
      expect((await page(nothing.next)).text).toBe('three\n');
      expect((await page()).text).toBe('one\ntwo\nthree\n');
    });

    it('keeps the files of a task, and of tasks, apart', async () => {
      await trial.start(OTHER);
      await trial.print(TASK, 'stdout', 'out\n');
      await trial.print(TASK, 'stderr', 'err\n');
      await trial.print(OTHER, 'stdout', 'other\n');
      expect(await read(START, 9, fileOf(TASK, 'stderr'))).toMatchObject({ text: 'err\n' });
      expect(await read(START, 9)).toMatchObject({ text: 'out\n' });
      expect(await read(START, 9, fileOf(OTHER))).toMatchObject({ text: 'other\n' });
    });

    it('tells a line when it is complete, the last one when the task has ended', async () => {
      await trial.print(TASK, 'stdout', 'one\ntw');
      const first = await page();
      expect(first.text).toBe('one\n');
      expect((await page(END)).text).toBe('one\n');
      await trial.print(TASK, 'stdout', 'o\nthree');
      const second = await page(first.next);
      expect(second.text).toBe('two\n');
      await trial.end(TASK);
      const last = await page(second.next);
      expect(last.text).toBe('three\n');
      expect((await page(last.next)).text).toBe('');
      expect((await page(END, 2)).text).toBe('two\nthree\n');
    });

    it('begins a last page so that it ends with the newest line, and goes on from there', async () => {
      await trial.print(TASK, 'stdout', 'one\ntwo\nthree\n');
      const last = await page(END, 2);
      expect(last.text).toBe('two\nthree\n');
      await trial.print(TASK, 'stdout', 'four\n');
      expect((await page(last.next)).text).toBe('four\n');
    });

    it.each(['', '0', 'f/', 'f/x', 'f/../secret', `b/${'0'.repeat(56)}`, `f/${'9'.repeat(56)}`, 'f/1\n', '*'])(
      'knows no offset %j',
      async (offset) => {
        expect(await read({ at: 'offset', offset })).toEqual({ kind: 'badOffset' });
      },
    );

    it('gives pages of at most a mebibyte', async () => {
      const lines = Array.from({ length: 30 }, (_, index) => `${index} ${'é'.repeat(50_000)}\n`);
      for (const line of lines) await trial.print(TASK, 'stdout', line);
      const pages = await readAll(START, MAX_PAGE_LINES);
      expect(pages.join('')).toBe(lines.join(''));
      expect(pages.length).toBeGreaterThan(1);
      for (const text of [...pages, (await page(END)).text]) {
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2 * MIB);
        expect(text.length).toBeGreaterThan(MIB / 4);
      }
    });

    it('gives every line once and in order, however it is paged and whatever is in it', async () => {
      const line = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\n'));
      await fc.assert(
        fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), async (lines, limit) => {
          const task =
            `arn:aws:ecs:local:000000000000:task/stride/${crypto.randomUUID().replaceAll('-', '')}` as TaskArn;
          await trial.start(task);
          await trial.print(task, 'stdout', lines.map((text) => `${text}\n`).join(''));
          const told: string[] = [];
          let start: PageStart = START;
          for (;;) {
            const outcome = await read(start, limit, fileOf(task));
            if (outcome.kind !== 'page') throw new Error(outcome.kind);
            if (outcome.text === '') break;
            const inPage = outcome.text.split('\n').slice(0, -1);
            expect(inPage.length).toBeLessThanOrEqual(limit);
            told.push(...inPage);
            start = { at: 'offset', offset: outcome.next };
          }
          expect(told).toEqual(lines);
          const last = await read(END, limit, fileOf(task));
          expect(last).toMatchObject({
            text: lines
              .slice(-limit)
              .map((text) => `${text}\n`)
              .join(''),
          });
        }),
        { numRuns: runs },
      );
    });
  });
}
