import * as z from 'zod';
import { AwsError, type RestRoute } from './aws-service.ts';
import { parseJson, toEpochSeconds } from './json-protocol.ts';
import type { WireProtocol } from './wire-protocol.ts';

type Names = Readonly<Record<string, string>>;

const record = z.record(z.string(), z.unknown());

/** restJson1: members in path, query, headers and body, as the routes say; errors by the header x-amzn-errortype. */
export function restJsonProtocol(routes: readonly RestRoute[]): WireProtocol {
  return {
    decode({ method, path, query, headers, body }) {
      for (const route of routes) {
        const segments = route.method === method ? matchPath(route.path, path) : undefined;
        if (segments === undefined) continue;
        const fromBody =
          route.payload === undefined || method === 'GET' ? bodyMembers(body) : { [route.payload]: body };
        const fromQuery = take(route.query ?? {}, (name) => query.get(name) ?? undefined);
        const fromHeaders = take(route.headers ?? {}, (name) => textOf(headers[name.toLowerCase()]));
        return { operation: route.operation, input: { ...fromBody, ...fromQuery, ...fromHeaders, ...segments } };
      }
      const served = routes.map((route) => `${route.method} ${route.path}`).join(', ');
      throw new AwsError('UnknownOperationException', `no operation at ${method} ${path}; served are ${served}`, 404);
    },
    encodeAnswer(operation, answer) {
      const members = record.parse(answer ?? {});
      const route = routes.find((each) => each.operation === operation);
      if (route === undefined) throw new Error(`no route for ${operation}`);
      const elsewhere = new Set([...Object.keys(route.headers ?? {}), route.payload]);
      const rest = Object.fromEntries(Object.entries(members).filter(([name]) => !elsewhere.has(name)));
      const payload = route.payload === undefined ? undefined : members[route.payload];
      const headers = toHeaders(route.headers ?? {}, members);
      const { status } = route;
      if (payload instanceof Uint8Array) {
        return { status, contentType: 'application/octet-stream', headers, body: payload };
      }
      return { status, contentType: 'application/json', headers, body: JSON.stringify(toEpochSeconds(rest)) };
    },
    encodeError({ code, message, status, members }) {
      const body = JSON.stringify({ Message: message, ...members });
      return { status, contentType: 'application/json', headers: { 'x-amzn-errortype': code }, body };
    },
  };
}

function bodyMembers(body: Buffer): Record<string, unknown> {
  const parsed = record.safeParse(parseJson(body.toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new AwsError('SerializationException', 'the body is no JSON object');
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const members: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    const member = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (member !== undefined) members[member] = decodeURIComponent(value);
    else if (segment !== value) return undefined;
  }
  return members;
}

/** Members by name, each read from where the wire has it. */
function take(names: Names, read: (wireName: string) => string | undefined): Record<string, string> {
  const members = Object.entries(names).map(([member, wireName]) => [member, read(wireName)] as const);
  return Object.fromEntries(members.flatMap(([member, value]) => (value === undefined ? [] : [[member, value]])));
}

function toHeaders(names: Names, members: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = Object.entries(names).filter(([member]) => members[member] !== undefined);
  return Object.fromEntries(given.map(([member, wireName]) => [wireName, String(members[member])]));
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}
