import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBody } from '../../../functions/api/read-body.ts';
import { AppError, toErrorBody } from '../../../lib/errors/app-error.ts';
import { aRequest } from './a-request.ts';

const read = (body: string): unknown => readBody(aRequest({ body }));

function refusal(body: string): unknown {
  try {
    return { read: read(body) };
  } catch (error) {
    return error instanceof AppError ? { status: error.status, ...toErrorBody(error) } : error;
  }
}

const twice = (path: string) => ({
  status: 422,
  message: 'Invalid JSON',
  details: [{ path, errors: ['is given more than once'] }],
});

describe('a key that an object has twice', () => {
  it.each([
    ['at the top', '{"id": "/a", "cmd": "x", "id": "/b"}', '/id'],
    ['in an object', '{"env": {"A": "1", "A": "1"}}', '/env/A'],
    ['in an element of a list', '[{"id": "/a"}, {"id": "/b", "cmd": "x", "cmd": "y"}]', '(1)/cmd'],
    ['in lists of lists', '{"a": [0, [1, {}, {"b": 1, "b": 2}]]}', '/a(1)(2)/b'],
    ['as nobody writes it twice', '{"cmd": "x", "\\u0063md": "y"}', '/cmd'],
    ['without a name', '{"": 1, "" : 2}', '/'],
    ['with quotes and slashes in it', String.raw`{"a\"\\": 1, "a\"\\": 2}`, String.raw`/a"\ `.trim()],
    ['over lines', '{\r\n\t"a"\n:1,\n"a"\t:2}', '/a'],
    ['that is a prototype', '{"__proto__": 1, "__proto__": 2}', '/__proto__'],
    ['whose values hold others', '{"a": {"b": 1, "c": [{"d": 2}]}, "a": {}}', '/a'],
    ['beside one that only looks so', '{"a": "b\\": 1", "b": {"a": 1}, "b": 1}', '/b'],
  ])('%s is named', (_name, body, path) => {
    expect(refusal(body)).toEqual(twice(path));
  });

  it('is found at any depth', () => {
    const depth = 20_000;
    const body = `${'{"a":['.repeat(depth)}{"b":1,"b":2}${']}'.repeat(depth)}`;
    expect(refusal(body)).toEqual(twice(`${'/a(0)'.repeat(depth)}/b`));
  });
});

describe('a body', () => {
  it.each([
    ['no key', '"a:b"', 'a:b'],
    ['keys in texts', '{"a": "{\\"a\\": 1}", "b": "\\\\"}', { a: '{"a": 1}', b: '\\' }],
    ['the same key in two objects', '[{"a": {"a": 1}}, {"a": 1}]', [{ a: { a: 1 } }, { a: 1 }]],
    ['the replacement character, escaped', '"\\ufffd"', '\ufffd'],
  ])('with %s is read', (_name, body, value) => {
    expect(read(body)).toEqual(value);
  });

  it('of any value is read as JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 }), fc.nat(4), (value, indent) => {
        fc.pre(!JSON.stringify(value).includes('\ufffd'));
        const text = JSON.stringify(value, undefined, indent);
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('that is no UTF-8 is refused with the place', () => {
    expect(refusal('{"cmd": "\ufffd"}')).toEqual({
      status: 400,
      message: 'Invalid JSON',
      details: 'The body is no UTF-8 at character 9. For the character U+FFFD itself write \\ufffd.',
    });
  });
});
