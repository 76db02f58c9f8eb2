import { illegalArgument } from '../../lib/errors/catalogue.ts';
import type { Labels } from '../../lib/model/spec-values.ts';

/** True for labels that a selector of `GET /v2/apps?label=` picks. */
type Selector = (labels: Labels) => boolean;

interface Token {
  readonly kind: 'term' | 'symbol';
  readonly text: string;
}

/** Blanks, a symbol, or a term: letters, digits, `.`, `_`, `-`, and any character after a backslash. */
const TOKEN = /\s*(?:(==|!=|[(),])|((?:[A-Za-z0-9._-]|\\.)+))/y;

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ''; at = TOKEN.lastIndex) {
    const match = TOKEN.exec(text);
    if (match === null) throw refuse(text, `'${text.slice(at).trim().charAt(0)}' at ${at} fits nothing`);
    const [, symbol, term] = match;
    if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
    else tokens.push({ kind: 'term', text: (term ?? '').replace(/\\(.)/g, '$1') });
  }
  return tokens;
}

const refuse = (text: string, reason: string) =>
  illegalArgument(`Can not parse label selector ${text}. Reason: ${reason}`);

/** Reads tokens one after another, with words for what is wrong. */
function createReader(text: string, tokens: readonly Token[]) {
  let at = 0;
  const isSymbol = (symbol: string): boolean => tokens[at]?.kind === 'symbol' && tokens[at]?.text === symbol;
  return {
    isDone: () => at >= tokens.length,
    /** Takes the symbol if it comes next. */
    takes(symbol: string): boolean {
      if (!isSymbol(symbol)) return false;
      at += 1;
      return true;
    },
    /** Takes the word if it comes next. */
    takesWord(word: string): boolean {
      if (tokens[at]?.kind !== 'term' || tokens[at]?.text !== word) return false;
      at += 1;
      return true;
    },
    needs(symbol: string): void {
      if (!this.takes(symbol)) throw refuse(text, `'${symbol}' expected`);
    },
    term(): string {
      const token = tokens[at];
      if (token?.kind !== 'term') throw refuse(text, 'a label or a value expected');
      at += 1;
      return token.text;
    },
  };
}

type Reader = ReturnType<typeof createReader>;

function readSet(reader: Reader): ReadonlySet<string> {
  reader.needs('(');
  const values = new Set<string>();
  if (reader.takes(')')) return values;
  do values.add(reader.term());
  while (reader.takes(','));
  reader.needs(')');
  return values;
}

/** A selector never picks what lacks the label, `!=` and `notin` included (Marathon: LabelSelector.scala). */
function readSelector(reader: Reader): Selector {
  const name = reader.term();
  const having =
    (holds: (value: string) => boolean): Selector =>
    (labels) => {
      const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
      return value !== undefined && holds(value);
    };
  if (reader.takes('==')) {
    const wanted = reader.term();
    return having((value) => value === wanted);
  }
  if (reader.takes('!=')) {
    const unwanted = reader.term();
    return having((value) => value !== unwanted);
  }
  if (reader.takesWord('in')) {
    const wanted = readSet(reader);
    return having((value) => wanted.has(value));
  }
  if (reader.takesWord('notin')) {
    const unwanted = readSet(reader);
    return having((value) => !unwanted.has(value));
  }
  return having(() => true);
}

/** Parses `a==b,c!=d,e in (f,g),h` (api-endpoints.md §1.7): all parts must hold. Throws 422 with the reason. */
export function parseLabelSelector(text: string): Selector {
  const reader = createReader(text, tokenize(text));
  if (reader.isDone()) return () => true;
  const selectors: Selector[] = [];
  do selectors.push(readSelector(reader));
  while (reader.takes(','));
  if (!reader.isDone()) throw refuse(text, "',' or the end expected");
  return (labels) => selectors.every((selects) => selects(labels));
}
