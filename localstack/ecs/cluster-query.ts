import { RE2JS } from 're2js';
import type { ContainerInstance, Task } from './entities.ts';
import { AGENT_VERSION } from './instance-view.ts';

/** What a cluster query looks at. */
export interface QueriedInstance {
  readonly instance: ContainerInstance;
  /** Its tasks that are not STOPPED. */
  readonly live: readonly Task[];
}

export type ClusterQuery = (queried: QueriedInstance) => boolean;

/** A query that is none: the message says what was expected where. */
export class ClusterQueryError extends Error {
  override readonly name = 'ClusterQueryError';
}

/** The values that a subject has on an instance: none, one, or several (task:group). */
type Subject = (queried: QueriedInstance) => readonly string[];

const SUBJECTS: Readonly<Record<string, Subject>> = {
  agentConnected: ({ instance }) => [String(instance.agentConnected)],
  agentVersion: () => [AGENT_VERSION],
  ec2InstanceId: ({ instance }) => [instance.ec2InstanceId],
  registeredAt: ({ instance }) => [new Date(instance.registeredAt).toISOString()],
  runningTasksCount: ({ live }) => [String(live.filter((task) => task.lastStatus === 'RUNNING').length)],
  'task:group': ({ live }) => live.map((task) => task.group),
};

/** Both spellings of each operator, to the shorter one. */
const OPERATORS: Readonly<Record<string, string>> = {
  '==': '==',
  equals: '==',
  '!=': '!=',
  not_equals: '!=',
  '>': '>',
  greater_than: '>',
  '>=': '>=',
  greater_than_equal: '>=',
  '<': '<',
  less_than: '<',
  '<=': '<=',
  less_than_equal: '<=',
  exists: 'exists',
  '!exists': '!exists',
  not_exists: '!exists',
  in: 'in',
  '!in': '!in',
  not_in: '!in',
  '=~': '=~',
  matches: '=~',
  '!~': '!~',
  not_matches: '!~',
};

const TOKEN = /\s*(!in\b|!exists\b|&&|\|\||==|!=|>=|<=|=~|!~|[><!()[\],]|'[^']*'|"[^"]*"|[^\s()[\],<>=!&|'"]+)/y;

/** ECS's cluster query language (documentation "Cluster query language"). Throws `ClusterQueryError`. */
export function parseClusterQuery(text: string): ClusterQuery {
  const reader = createReader(tokensOf(text), text);
  const query = readOr(reader);
  if (reader.peek() !== undefined) throw reader.unexpected('the end');
  return query;
}

interface Reader {
  peek(): string | undefined;
  /** The next token, taken. */
  next(expected: string): string;
  /** Takes the next token if it is one of these. */
  accept(...tokens: readonly string[]): boolean;
  unexpected(expected: string): ClusterQueryError;
}

function createReader(tokens: readonly string[], text: string): Reader {
  let position = 0;
  const unexpected = (expected: string) => {
    const found = tokens[position] === undefined ? 'the end' : `'${tokens[position]}'`;
    return new ClusterQueryError(`Invalid expression '${text}': expected ${expected}, found ${found}`);
  };
  return {
    peek: () => tokens[position],
    next(expected) {
      const token = tokens[position];
      if (token === undefined) throw unexpected(expected);
      position += 1;
      return token;
    },
    accept(...wanted) {
      const token = tokens[position];
      const found = token !== undefined && wanted.includes(token);
      if (found) position += 1;
      return found;
    },
    unexpected,
  };
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.trimEnd().length) {
    const [, token] = pattern.exec(text) ?? [];
    if (token === undefined) throw new ClusterQueryError(`Invalid expression '${text}'`);
    tokens.push(token);
  }
  return tokens;
}

function readOr(reader: Reader): ClusterQuery {
  const left = readAnd(reader);
  if (!reader.accept('or', '||')) return left;
  const right = readOr(reader);
  return (queried) => left(queried) || right(queried);
}

function readAnd(reader: Reader): ClusterQuery {
  const left = readNot(reader);
  if (!reader.accept('and', '&&')) return left;
  const right = readAnd(reader);
  return (queried) => left(queried) && right(queried);
}

function readNot(reader: Reader): ClusterQuery {
  if (reader.accept('not', '!')) {
    const negated = readNot(reader);
    return (queried) => !negated(queried);
  }
  if (!reader.accept('(')) return readComparison(reader);
  const inner = readOr(reader);
  if (!reader.accept(')')) throw reader.unexpected("')'");
  return inner;
}

function readComparison(reader: Reader): ClusterQuery {
  const name = reader.next('a subject');
  const subject = subjectNamed(name);
  if (subject === undefined) {
    throw new ClusterQueryError(`Invalid subject '${name}'; there are ${Object.keys(SUBJECTS).join(', ')}, attribute:`);
  }
  const word = reader.next('an operator');
  const operator = Object.hasOwn(OPERATORS, word) ? OPERATORS[word] : undefined;
  switch (operator) {
    case undefined:
      throw new ClusterQueryError(`Invalid operator '${word}' after ${name}`);
    case 'exists':
      return (queried) => subject(queried).length > 0;
    case '!exists':
      return (queried) => subject(queried).length === 0;
    case 'in':
    case '!in': {
      const list = readList(reader);
      return (queried) => subject(queried).some((value) => list.includes(value)) === (operator === 'in');
    }
    default:
      return comparison(subject, operator, unquoted(reader.next('an argument')), name);
  }
}

function subjectNamed(name: string): Subject | undefined {
  if (Object.hasOwn(SUBJECTS, name)) return SUBJECTS[name];
  const attribute = /^attribute:(.+)$/.exec(name)?.[1];
  if (attribute === undefined) return undefined;
  // An attribute without a value exists all the same.
  return ({ instance }) =>
    Object.hasOwn(instance.attributes, attribute) ? [instance.attributes[attribute] ?? ''] : [];
}

function readList(reader: Reader): readonly string[] {
  if (!reader.accept('[')) throw reader.unexpected("'['");
  const list = [unquoted(reader.next('an argument'))];
  while (reader.accept(',')) list.push(unquoted(reader.next('an argument')));
  if (!reader.accept(']')) throw reader.unexpected("']'");
  return list;
}

function comparison(subject: Subject, operator: string, argument: string, name: string): ClusterQuery {
  const order = name === 'registeredAt' ? dateOrder(argument) : (value: string) => naturalOrder(value, argument);
  switch (operator) {
    case '==':
      return (queried) => subject(queried).some((value) => order(value) === 0);
    case '!=':
      return (queried) => !subject(queried).some((value) => order(value) === 0);
    case '=~':
    case '!~': {
      const pattern = compilePattern(argument);
      return (queried) => subject(queried).some((value) => pattern.matches(value)) === (operator === '=~');
    }
    default:
      return (queried) => subject(queried).some((value) => isOrdered(order(value), operator));
  }
}

function isOrdered(order: number, operator: string): boolean {
  if (operator === '>') return order > 0;
  if (operator === '>=') return order >= 0;
  return operator === '<' ? order < 0 : order <= 0;
}

/** Numbers within the texts, such as a version's, count as numbers. */
function naturalOrder(value: string, argument: string): number {
  return value === argument ? 0 : value.localeCompare(argument, 'en', { numeric: true }) || 1;
}

/** A time without a zone is meant as UTC. */
function dateOrder(argument: string): (value: string) => number {
  const instant = Date.parse(/T[\d:]+$/.test(argument) ? `${argument}Z` : argument);
  if (Number.isNaN(instant)) throw new ClusterQueryError(`Invalid date '${argument}'`);
  return (value) => Date.parse(value) - instant;
}

function compilePattern(text: string): RE2JS {
  try {
    return RE2JS.compile(text);
  } catch (cause) {
    throw new ClusterQueryError(`Invalid pattern '${text}': ${String(cause)}`, { cause });
  }
}

function unquoted(token: string): string {
  return /^(['"]).*\1$/.test(token) ? token.slice(1, -1) : token;
}
