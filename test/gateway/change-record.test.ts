import { expect, test } from 'vitest';
import { toChangeRecord } from '../../lib/aws/dynamodb/change-record.ts';

const Keys = { pk: { S: 'p' }, sk: { S: 's' } };
const record = (eventName: string, more: object = {}) => ({
  eventID: 'e',
  eventName,
  eventSource: 'aws:dynamodb',
  dynamodb: { Keys, SequenceNumber: '7', StreamViewType: 'NEW_IMAGE', ...more },
});

test.each([
  [
    'INSERT',
    { NewImage: { ...Keys, text: { S: '' }, n: { N: '-1.5' }, on: { BOOL: false } } },
    { item: { pk: 'p', sk: 's', text: '', n: -1.5, on: false } },
  ],
  ['MODIFY', { NewImage: Keys }, { item: { pk: 'p', sk: 's' } }],
  ['REMOVE', {}, {}],
  ['REMOVE', { OldImage: Keys }, {}],
])('%s', (kind, more, wanted) => {
  expect(toChangeRecord(record(kind, more))).toEqual({ kind, key: { pk: 'p', sk: 's' }, sequence: '7', ...wanted });
});

test.each([
  ['nothing', undefined, 'not a record'],
  ['an unknown event', record('TRUNCATE'), 'eventName'],
  ['no keys', record('REMOVE', { Keys: { id: { S: 'x' } } }), 'dynamodb.Keys.pk'],
  ['no image', record('MODIFY'), 'StreamViewType must be NEW_IMAGE'],
  ['a type that is not stored', record('INSERT', { NewImage: { ...Keys, list: { L: [] } } }), 'NewImage.list'],
  ['no sequence', record('REMOVE', { SequenceNumber: undefined }), 'SequenceNumber'],
])('%s is refused', (_name, value, message) => {
  expect(() => toChangeRecord(value)).toThrow(message);
});
