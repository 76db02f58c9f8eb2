import { AwsError } from './aws-service.ts';
import type { WireProtocol } from './wire-protocol.ts';

const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const CONTENT_TYPE = 'text/xml;charset=UTF-8';

/**
 * ec2Query: a form with dotted names in, XML out. Both sides use the names of the EC2 API Reference:
 * `InstanceId.1=i-1` comes in as `{InstanceId: ['i-1']}`, and `{reservationSet: [{…}]}` goes out as
 * `<reservationSet><item>…`.
 */
export const ec2QueryProtocol: WireProtocol = {
  decode({ body }) {
    const { Action: operation, Version: _version, ...input } = parseForm(body.toString('utf8'));
    if (typeof operation !== 'string' || operation === '') {
      throw new AwsError('MissingAction', 'the request has no Action: call through an AWS SDK');
    }
    return { operation, input };
  },
  encodeAnswer(operation, answer, requestId) {
    const content = toXml('requestId', requestId) + membersToXml(answer ?? {});
    return xml(200, `<${operation}Response xmlns="${NAMESPACE}">${content}</${operation}Response>`);
  },
  encodeError(error, requestId) {
    const detail = `${toXml('Code', error.code)}${toXml('Message', error.message)}`;
    const id = toXml('RequestID', requestId);
    return xml(error.status, `<Response><Errors><Error>${detail}</Error></Errors>${id}</Response>`);
  },
};

interface FormNode {
  text?: string;
  readonly members: Map<string, FormNode>;
}

function parseForm(body: string): Record<string, unknown> {
  const root: FormNode = { members: new Map() };
  for (const [key, value] of new URLSearchParams(body)) {
    let node = root;
    for (const part of key.split('.')) {
      const next: FormNode = node.members.get(part) ?? { members: new Map() };
      node.members.set(part, next);
      node = next;
    }
    node.text = value;
  }
  return membersOf(root);
}

function membersOf(node: FormNode): Record<string, unknown> {
  return Object.fromEntries([...node.members].map(([name, member]) => [name, plainOf(member)]));
}

function plainOf(node: FormNode): unknown {
  if (node.members.size === 0) return node.text ?? '';
  const names = [...node.members.keys()];
  if (!names.every((name) => /^[1-9]\d*$/.test(name))) return membersOf(node);
  return [...node.members].sort(([a], [b]) => Number(a) - Number(b)).map(([, member]) => plainOf(member));
}

function xml(status: number, root: string) {
  return { status, contentType: CONTENT_TYPE, body: `<?xml version="1.0" encoding="UTF-8"?>\n${root}` };
}

function membersToXml(value: object): string {
  return Object.entries(value)
    .map(([name, member]) => toXml(name, member))
    .join('');
}

function toXml(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  return `<${name}>${contentOf(value)}</${name}>`;
}

function contentOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => toXml('item', item)).join('');
  if (typeof value === 'object' && value !== null) return membersToXml(value);
  return escapeText(String(value));
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
