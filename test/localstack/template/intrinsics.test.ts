// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the syntax of Fn::Sub

import { expect, test } from 'vitest';
import { type References, resolveIntrinsics } from '../../../localstack/template/intrinsics.ts';

const NAMES: Readonly<Record<string, string>> = {
  Table: 'state',
  Flag: 'on',
  'Table.Arn': 'arn:table',
  'Table.Stream.Arn': 'arn:stream',
};

const references: References = {
  stackName: 'Stride',
  ref: (logicalId) => NAMES[logicalId],
  attribute: (logicalId, name) => NAMES[`${logicalId}.${name}`],
};

const place = { file: 'cdk.out/T.json', logicalId: 'Fn1', type: 'AWS::Lambda::Function', property: 'Environment' };

const resolve = (value: unknown) => resolveIntrinsics(value, references, place);

test.each<[string, unknown, unknown]>([
  ['plain values', { a: [1, 'x', true, null] }, { a: [1, 'x', true, null] }],
  ['Ref to a resource', { Ref: 'Table' }, 'state'],
  ['region', { Ref: 'AWS::Region' }, 'local'],
  ['account', { Ref: 'AWS::AccountId' }, '000000000000'],
  ['partition', { Ref: 'AWS::Partition' }, 'aws'],
  ['URL suffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
  ['stack name', { Ref: 'AWS::StackName' }, 'Stride'],
  ['stack id', { Ref: 'AWS::StackId' }, 'arn:aws:cloudformation:local:000000000000:stack/Stride/local'],
  ['no value in an object', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['no value in a list', [{ Ref: 'AWS::NoValue' }, 1], [1]],
  ['no value alone', { Ref: 'AWS::NoValue' }, undefined],
  ['GetAtt as a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:table'],
  ['GetAtt as text', { 'Fn::GetAtt': 'Table.Stream.Arn' }, 'arn:stream'],
  ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Table' }, 3]] }, 'a-state-3'],
  ['Join of nothing', { 'Fn::Join': [',', []] }, ''],
  ['Select', { 'Fn::Select': [1, ['a', { Ref: 'Table' }]] }, 'state'],
  ['Split and Select', { 'Fn::Select': ['1', { 'Fn::Split': [':', { 'Fn::GetAtt': ['Table', 'Arn'] }] }] }, 'table'],
  [
    'Sub with a resource, an attribute and a pseudo parameter',
    { 'Fn::Sub': '${Table}/${Table.Arn}/${AWS::Region}' },
    'state/arn:table/local',
  ],
  ['Sub with its own variables', { 'Fn::Sub': ['${Name}-${Table}', { Name: { Ref: 'Flag' } }] }, 'on-state'],
  ['Sub with a literal', { 'Fn::Sub': '${!Table} ${Table}' }, '${Table} state'],
  ['in depth', { list: [{ deep: { Ref: 'Table' } }] }, { list: [{ deep: 'state' }] }],
  ['an object that only looks like one', { Ref: 'Table', other: 1 }, { Ref: 'Table', other: 1 }],
])('%s', (_name, value, expected) => {
  expect(resolve(value)).toEqual(expected);
});

test.each<[string, unknown, string]>([
  [
    'another intrinsic',
    { 'Fn::ImportValue': 'x' },
    'the local cloud does not support Fn::ImportValue, only Ref, Fn::GetAtt',
  ],
  ['a condition', { 'Fn::If': ['C', 1, 2] }, 'does not support Fn::If'],
  ['an unknown resource', { Ref: 'Nobody' }, 'it refers to Nobody, which is not a resource of this template'],
  [
    'an unknown attribute',
    { 'Fn::GetAtt': ['Table', 'Colour'] },
    'it refers to attribute Colour of Table, which the local cloud does not know',
  ],
  ['an unknown name in Sub', { 'Fn::Sub': '${Nobody}' }, 'it refers to Nobody'],
  ['Select past the end', { 'Fn::Select': [2, ['a']] }, 'Fn::Select finds nothing at index 2'],
  ['Join of an object', { 'Fn::Join': ['', [{ a: 1, b: 2 }]] }, 'Fn::Join needs text here and got {"a":1,"b":2}'],
  ['Join of text', { 'Fn::Join': ['', 'abc'] }, 'Fn::Join needs a list here and got "abc"'],
])('%s is refused, naming file, resource, type and property', (_name, value, problem) => {
  expect(() => resolve(value)).toThrow('cdk.out/T.json: resource Fn1 (AWS::Lambda::Function), property Environment: ');
  expect(() => resolve(value)).toThrow(problem);
});
