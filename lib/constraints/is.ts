import { isScalar, scalarText } from './attribute-text.ts';
import type { ConstraintQuestion } from './constraint-question.ts';

/** IS: equal text, where a number is put in the text form of attributes first: `0.80` is `0.8`. */
export function isEqual({ offered, value }: ConstraintQuestion): boolean {
  return offered === (isScalar(value) ? scalarText(Number(value)) : value);
}
