import type { TaskArn } from '../model/ids.ts';

/** What a task prints to, by the names that Mesos gives the files of a sandbox. */
export const TASK_FILE_NAMES = ['stdout', 'stderr'] as const;
export type TaskFileName = (typeof TASK_FILE_NAMES)[number];

/** One file of one container of a task. */
export interface TaskFile {
  readonly task: TaskArn;
  readonly container: string;
  readonly name: TaskFileName;
}

/** Where a page begins: at the first line, so that it ends with the newest one, or behind another page. */
export type PageStart =
  | { readonly at: 'start' }
  | { readonly at: 'end' }
  | { readonly at: 'offset'; readonly offset: string };

export type PageOutcome =
  /** Whole lines; none means that there are no more at the moment. `next` is where the next page begins. */
  | { readonly kind: 'page'; readonly text: string; readonly next: string }
  /** There is no such file: not yet, no longer, or never. */
  | { readonly kind: 'none' }
  /** No page of this file ended there, or too long ago. */
  | { readonly kind: 'badOffset' };

/** Most lines of one page. */
export const MAX_PAGE_LINES = 10_000;

/**
 * The output of tasks, which outlives them. Lines are told when they are complete, the last one when its task has
 * ended. Throws `TaskFilesUnavailable` on outage.
 */
export interface TaskFiles {
  /** At most so many lines, 1 to `MAX_PAGE_LINES`, and about 1 MiB; at least one when there is one. */
  read(file: TaskFile, start: PageStart, lines: number): Promise<PageOutcome>;
}

/** What keeps the files did not answer. */
export class TaskFilesUnavailable extends Error {
  override readonly name = 'TaskFilesUnavailable';
}
