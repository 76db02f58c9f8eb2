import {
  type _Record,
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';

export interface StreamReader {
  /** What has been written to the stream since the last call. */
  read(): Promise<readonly _Record[]>;
}

/** Reads every shard of a stream from its beginning; new shards are found at each read. */
export function createStreamReader(client: DynamoDBStreamsClient, streamArn: string): StreamReader {
  /** By shard, where to read on; undefined at the end of a closed shard. */
  const iterators = new Map<string, string | undefined>();

  async function findShards(): Promise<void> {
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }));
    for (const { ShardId } of StreamDescription?.Shards ?? []) {
      if (ShardId === undefined || iterators.has(ShardId)) continue;
      const asked = { StreamArn: streamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
      const { ShardIterator } = await client.send(new GetShardIteratorCommand(asked));
      iterators.set(ShardId, ShardIterator);
    }
  }

  async function readShard(shard: string): Promise<readonly _Record[]> {
    const found: _Record[] = [];
    for (;;) {
      const ShardIterator = iterators.get(shard);
      if (ShardIterator === undefined) return found;
      const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator }));
      found.push(...Records);
      iterators.set(shard, NextShardIterator);
      if (Records.length === 0) return found;
    }
  }

  return {
    async read() {
      await findShards();
      const records: _Record[] = [];
      for (const shard of [...iterators.keys()]) records.push(...(await readShard(shard)));
      return records;
    },
  };
}
