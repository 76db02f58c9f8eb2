import * as z from 'zod';
import type { StreamHead } from '../lambda/worker-protocol.ts';
import { isBinary } from './proxy-event.ts';

const VALUE = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const HEAD = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), VALUE).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(VALUE)).nullish(),
});

const RESPONSE = HEAD.extend({ body: z.string().nullish(), isBase64Encoded: z.boolean().nullish() });

export interface HttpHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

export interface HttpAnswer extends HttpHead {
  readonly body: Buffer;
}

/** Headers that the gateway writes itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);

/** The answer in a function's result (JSON text), or undefined when it is none: API Gateway then says 502. */
export function toHttpAnswer(
  result: string,
  request: { readonly accept: string; readonly binaryMediaTypes: readonly string[] },
): HttpAnswer | undefined {
  const parsed = RESPONSE.safeParse(JSON.parse(result));
  if (!parsed.success) return undefined;
  const { body, isBase64Encoded } = parsed.data;
  const decode = isBase64Encoded === true && isBinary(request.accept, request.binaryMediaTypes);
  return { ...toHead(parsed.data), body: Buffer.from(body ?? '', decode ? 'base64' : 'utf8') };
}

/** Status and headers of a streamed answer, or undefined when the function gave none. */
export function toHttpHead(head: StreamHead | undefined): HttpHead | undefined {
  const parsed = HEAD.safeParse(head);
  return parsed.success ? toHead(parsed.data) : undefined;
}

function toHead({ statusCode, headers, multiValueHeaders }: z.infer<typeof HEAD>): HttpHead {
  const all = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(headers ?? {})) all.set(rename(name), [value]);
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) all.set(rename(name), values);
  for (const name of OWN_HEADERS) all.delete(name);
  if (!all.has('content-type')) all.set('content-type', ['application/json']);
  return { status: statusCode, headers: Object.fromEntries(all) };
}

/** A REST API renames the challenge of a function (aws.md §4.5). */
function rename(name: string): string {
  const lower = name.toLowerCase();
  return lower === 'www-authenticate' ? 'x-amzn-remapped-www-authenticate' : lower;
}
