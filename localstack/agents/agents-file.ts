import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { type AgentEntry, type AgentSpec, agentEntry } from './agent-spec.ts';
import { lineOfPath } from './json-lines.ts';
import { AgentsError, settleAgents } from './settle-agents.ts';

const agentsFile = z.array(agentEntry).min(1, 'must name at least one agent');

/** Reads `--agents FILE`. Throws `AgentsError` naming the file, each line and field, and what is allowed there. */
export async function loadAgentsFile(file: string): Promise<readonly AgentSpec[]> {
  const entries = await parseAgentEntries(file, await readText(file), 'list');
  try {
    return settleAgents(entries);
  } catch (error) {
    if (error instanceof AgentsError) throw new AgentsError(`${file}: ${error.message}`);
    throw error;
  }
}

/**
 * The agents of a JSON text: a list, or with `either` a single object too. `name` says in errors where it comes from.
 * Throws `AgentsError`.
 */
export async function parseAgentEntries(
  name: string,
  text: string,
  form: 'list' | 'either',
): Promise<readonly AgentEntry[]> {
  const json = parseJson(name, text);
  const single = form === 'either' && typeof json === 'object' && json !== null && !Array.isArray(json);
  const entries = agentsFile.safeParse(single ? [json] : json);
  if (entries.success) return entries.data;
  throw new AgentsError(await describeIssues(name, text, single, entries.error.issues));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new AgentsError(`cannot read the agents file ${file}: ${String(cause)}`, { cause });
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AgentsError(`${file} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

async function describeIssues(
  file: string,
  text: string,
  single: boolean,
  issues: readonly z.core.$ZodIssue[],
): Promise<string> {
  const lines = await Promise.all(
    issues.map(async (issue) => {
      const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
      const path = [...issue.path, ...unknownKey];
      return `${file}:${await lineOfPath(text, single ? path.slice(1) : path)}: ${fieldOf(path)}${cureOf(issue)}`;
    }),
  );
  return lines.join('\n');
}

function fieldOf(path: readonly PropertyKey[]): string {
  const [index, ...fields] = path;
  if (index === undefined) return '';
  const agent = `agent ${Number(index) + 1}`;
  return fields.length === 0 ? `${agent}: ` : `${agent}, ${fields.map(String).join('.')}: `;
}

function cureOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  return `there is no such field; the fields are ${Object.keys(agentEntry.shape).join(', ')}`;
}
