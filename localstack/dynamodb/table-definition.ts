import * as z from 'zod';

const keySchema = z
  .array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
  .min(1)
  .max(2);

/** What of `AWS::DynamoDB::Table` the local DynamoDB executes, under the template's own names. */
const tableDefinitionSchema = z.strictObject({
  TableName: z.string().min(3),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  GlobalSecondaryIndexes: z
    .array(
      z.strictObject({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.strictObject({
          ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
          NonKeyAttributes: z.array(z.string()).optional(),
        }),
      }),
    )
    .optional(),
  StreamSpecification: z
    .strictObject({ StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']) })
    .optional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
});

export type TableDefinition = z.infer<typeof tableDefinitionSchema>;

/** Reads a table's properties; throws an error that names the table and each property that the local cloud lacks. */
export function parseTableDefinition(properties: unknown): TableDefinition {
  const parsed = tableDefinitionSchema.safeParse(properties);
  if (parsed.success) return parsed.data;
  const name = z.object({ TableName: z.string() }).safeParse(properties);
  const table = name.success ? `table ${name.data.TableName}` : 'a table';
  throw new Error(`the local DynamoDB cannot run ${table} as the template has it:\n${z.prettifyError(parsed.error)}`);
}
