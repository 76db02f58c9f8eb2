import * as z from 'zod';
import { type Check, ofType, type Resource } from './template.ts';

const encryptedTable = z.looseObject({ SSESpecification: z.looseObject({ SSEEnabled: z.literal(true) }) });
const recoverableTable = z.looseObject({
  PointInTimeRecoverySpecification: z.looseObject({ PointInTimeRecoveryEnabled: z.literal(true) }),
});
const encryptedQueue = z.union([
  z.looseObject({ SqsManagedSseEnabled: z.literal(true) }),
  z.looseObject({ KmsMasterKeyId: z.unknown().refine((key) => key !== undefined) }),
]);

/** Tables and queues are encrypted; tables can be restored to any second of the last days. */
export const dataProtection: Check = (template) => {
  const lacking = (type: string, wanted: z.ZodType, complaint: string) =>
    ofType(template, type)
      .filter(([, { Properties }]: [string, Resource]) => !wanted.safeParse(Properties).success)
      .map(([id]) => `${id}: ${complaint}`);
  return [
    ...lacking('AWS::DynamoDB::Table', encryptedTable, 'table without encryption'),
    ...lacking('AWS::DynamoDB::Table', recoverableTable, 'table without point-in-time recovery'),
    ...lacking('AWS::SQS::Queue', encryptedQueue, 'queue without encryption'),
  ];
};
