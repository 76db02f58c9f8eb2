import { expect, it } from 'vitest';
import { inElement } from '../../../lib/errors/app-error.ts';
import { appNotFound, jsonSchema, jsonSyntax, notValid } from '../../../lib/errors/catalogue.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';

it.for([
  ['/id', '(2)/id'],
  ['/healthChecks(0)/port', '(2)/healthChecks(0)/port'],
  ['/', '(2)'],
  ['', '(2)'],
] as const)('the path %s in a list is %s', ([path, placed]) => {
  for (const make of [jsonSchema, notValid]) {
    const error = make([{ path, errors: ['wrong'] }]);
    const inList = inElement(error, 2);
    expect(inList.details).toEqual([{ path: placed, errors: ['wrong'] }]);
    expect([inList.code, inList.message]).toEqual([error.code, error.message]);
  }
});

it.for([appNotFound(resolvePathId('/x')), jsonSyntax('text')])('errors without fields stay as they are', (error) => {
  expect(inElement(error, 0)).toBe(error);
});
