import * as z from 'zod';
import { isIdText } from '../../model/path-id.ts';

// Building blocks of the wire schemas: Marathon's types with Marathon's error words (app-model.md §1.1).

/** A field that may be left out; `null` counts as left out, as Marathon's readers have it. */
export const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value): NonNullable<z.output<T>> | undefined => value ?? undefined);

/** An optional field with a default. */
export const defaulted = <T extends z.ZodType>(schema: T, value: NonNullable<z.output<T>>) =>
  schema
    .nullish()
    .transform((given): NonNullable<z.output<T>> => given ?? value)
    .meta({ default: value });

/** The error word of a whole number that is none or does not fit; the bounds of a field itself keep their own words. */
const integer =
  (word: string, largest: number): z.core.$ZodErrorMap =>
  (issue) => {
    if (typeof issue.input !== 'number') return 'error.expected.jsnumber';
    const fits = Number.isInteger(issue.input) && issue.input <= largest && issue.input >= -largest - 1;
    return fits ? undefined : word;
  };

export const nonEmptyText = z.string().min(1);
export const int32 = z.int32({ abort: true, error: integer('error.expected.int', 2_147_483_647) });
export const int64 = z.int({ abort: true, error: integer('error.expected.long', Number.MAX_SAFE_INTEGER) });
export const port = int32.min(0).max(65_535);
export const seconds = int32.min(0);
/** Finite: JSON's `1e999` is refused. */
export const amount = z.number().min(0);
export const labels = z.record(z.string(), z.string());

export const portName = z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);

/** Marathon's own pattern, for readers of the schema; `isIdText` judges the same in linear time. */
const ID_PATTERN =
  '^(\\/?((\\.\\.)|(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9]))?($|\\/))+$';

/** An absolute or relative id; its characters are judged here, the rest once it is absolute (app-model.md §3). */
export const idText = z
  .string()
  .min(1)
  .refine((text) => text === '' || isIdText(text), { error: 'error.pattern' })
  .meta({ pattern: ID_PATTERN });

/** Literals in any case; the canonical one comes out. */
export const oneOf = <const T extends readonly [string, ...string[]]>(...literals: T) =>
  z.preprocess(
    (input) =>
      typeof input === 'string' ? (literals.find((one) => one.toLowerCase() === input.toLowerCase()) ?? input) : input,
    z.enum(literals),
  );
