import * as z from 'zod';
import type { InvokeOutcome } from './function-worker.ts';

const REPORT = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullish();

/** What an event source mapping makes of an invocation: all failed, or the ids of the items that did. */
export type BatchOutcome =
  | { readonly kind: 'all-failed'; readonly condition: string }
  | { readonly kind: 'processed'; readonly failed: ReadonlySet<string> };

/**
 * Reads the answer of a batch. An error, a malformed report and a report that names an unknown item fail the whole batch
 * (Lambda guide, "Implementing partial batch responses").
 */
export function readBatchOutcome(outcome: InvokeOutcome, reports: boolean, ids: ReadonlySet<string>): BatchOutcome {
  if (!outcome.ok) return { kind: 'all-failed', condition: outcome.error.errorMessage };
  if (!reports) return { kind: 'processed', failed: new Set() };
  const report = REPORT.safeParse(JSON.parse(outcome.result));
  if (!report.success) return { kind: 'all-failed', condition: 'malformed report of failed items' };
  const failed = new Set((report.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
  if ([...failed].some((id) => !ids.has(id))) return { kind: 'all-failed', condition: 'report of unknown items' };
  return { kind: 'processed', failed };
}
