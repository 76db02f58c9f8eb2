import type { TaskArn } from '../model/ids.ts';
import type { PageOutcome, PageStart, TaskFile, TaskFiles } from './task-files.ts';

/** Characters of one page. */
const MAX_PAGE = 1024 * 1024;

interface Output {
  text: string;
}

const keyOf = ({ task, container, name }: TaskFile): string => [task, container, name].join(' ');

/** The text up to its last complete line, or all of it. */
const completeOf = (text: string, ended: boolean): string => (ended ? text : text.slice(0, text.lastIndexOf('\n') + 1));

/** Lines with their ends. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** The first lines, as many as fit into a page. */
function firstLines(text: string, lines: number): string {
  const page: string[] = [];
  let size = 0;
  for (const line of linesOf(text)) {
    if (page.length === lines || (page.length > 0 && size + line.length > MAX_PAGE)) break;
    page.push(line);
    size += line.length;
  }
  return page.join('');
}

/** Where a page begins, in characters; undefined for an offset that is none. */
function positionOf(start: PageStart, text: string, lines: number): number | undefined {
  switch (start.at) {
    case 'start':
      return 0;
    case 'end':
      return text.length - linesOf(text).slice(-lines).join('').length;
    case 'offset': {
      const [, digits] = /^f\/(\d{1,15})$/.exec(start.offset) ?? [];
      const position = Number(digits);
      return position <= text.length ? position : undefined;
    }
  }
}

/** Task files in memory, and the hand that writes them. */
export function createMemoryTaskFiles() {
  const outputs = new Map<string, Output>();
  const ended = new Set<TaskArn>();

  const files: TaskFiles = {
    async read(file, start, lines): Promise<PageOutcome> {
      const output = outputs.get(keyOf(file));
      if (output === undefined) return { kind: 'none' };
      const text = completeOf(output.text, ended.has(file.task));
      const from = positionOf(start, text, lines);
      if (from === undefined) return { kind: 'badOffset' };
      const page = firstLines(text.slice(from), lines);
      const next = `f/${from + page.length}`;
      return { kind: 'page', text: page === '' || page.endsWith('\n') ? page : `${page}\n`, next };
    },
  };

  return {
    ...files,
    /** Appends to a file, which is made by it. */
    append(file: TaskFile, text: string): void {
      const output = outputs.get(keyOf(file));
      if (output === undefined) outputs.set(keyOf(file), { text });
      else output.text += text;
    },
    /** The task writes no more. */
    end: (task: TaskArn): void => void ended.add(task),
  };
}
