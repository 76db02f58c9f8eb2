import type { Command } from './command.ts';

export const logCommands: Readonly<Record<string, Command>> = {
  log: {
    takes: [1, 1],
    options: ['follow'],
    async run({ client, args: [taskId = ''], values, output }) {
      const path = `/tasks/${encodeURIComponent(taskId)}/log?follow=${values.follow === true}`;
      const copy = async (file: string, write: (chunk: Uint8Array) => void) => {
        for await (const chunk of await client.stream(`${path}&file=${file}`)) write(chunk);
      };
      await Promise.all([copy('stdout', output.writeOut), copy('stderr', output.writeError)]);
    },
  },
};
