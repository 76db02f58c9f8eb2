import type { AppError } from '../../lib/errors/app-error.ts';

/** A parse result's value, or its refusal thrown. */
export function accepted<T extends { readonly ok: true }>(
  parsed: T | { readonly ok: false; readonly error: AppError },
): T {
  if (!parsed.ok) throw parsed.error;
  return parsed;
}
