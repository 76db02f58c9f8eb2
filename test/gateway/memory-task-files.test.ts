import { createMemoryTaskFiles } from '../../lib/gateways/memory-task-files.ts';
import { TASK_FILE_NAMES } from '../../lib/gateways/task-files.ts';
import { describeTaskFiles } from './task-files-suite.ts';

describeTaskFiles(
  'task files in memory',
  async () => {
    const files = createMemoryTaskFiles();
    return {
      files,
      start: async (task) => {
        for (const name of TASK_FILE_NAMES) files.append({ task, container: 'app', name }, '');
      },
      print: async (task, name, text) => files.append({ task, container: 'app', name }, text),
      end: async (task) => files.end(task),
      close: async () => undefined,
    };
  },
  300,
);
