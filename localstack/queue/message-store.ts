import { DatabaseSync } from 'node:sqlite';

/** A message of a standard queue. Times are milliseconds since the epoch. */
export interface StoredMessage {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receiveCount: number;
  /** Hidden before this time: delayed, or received and not deleted. */
  readonly visibleAt: number;
}

/** The messages of all queues in one SQLite file, so that they survive a restart. */
export interface MessageStore {
  add(queue: string, message: Pick<StoredMessage, 'id' | 'body' | 'sentAt' | 'visibleAt'>): void;
  /** Visible messages, oldest first. */
  visible(queue: string, now: number, max: number): readonly StoredMessage[];
  /** All messages, oldest first. */
  list(queue: string, max: number): readonly StoredMessage[];
  markReceived(id: string, receipt: string, now: number, visibleAt: number): void;
  /** By the receipt of the last receive; an older receipt changes nothing, as with SQS. */
  setVisibleAt(receipt: string, visibleAt: number): void;
  deleteByReceipt(receipt: string): void;
  deleteOlderThan(queue: string, sentAt: number): void;
  move(id: string, toQueue: string, visibleAt: number): void;
  count(queue: string, now: number): { readonly visible: number; readonly inFlight: number; readonly delayed: number };
  /** When the next hidden message becomes visible. */
  nextVisibleAt(queue: string, now: number): number | undefined;
  /** Runs several changes as one. */
  transaction<T>(change: () => T): T;
  close(): void;
}

const SCHEMA = `
  create table if not exists message (
    id text primary key, queue text not null, body text not null, sent_at integer not null, visible_at integer not null,
    first_received_at integer not null default 0, receive_count integer not null default 0, receipt text
  ) strict;
  create index if not exists message_queue on message (queue, visible_at);
  create index if not exists message_receipt on message (receipt);
`;

const COLUMNS =
  'id, body, sent_at sentAt, first_received_at firstReceivedAt, receive_count receiveCount, visible_at visibleAt';

/** Opens or makes the file; `:memory:` keeps nothing. Throws when it is damaged or locked. */
export function openMessageStore(file: string): MessageStore {
  const database = new DatabaseSync(file);
  // A crash of the machine may lose the last messages; a crash of this process does not.
  database.exec('pragma journal_mode = wal; pragma synchronous = off;');
  database.exec(SCHEMA);
  // Whoever had received a message ended with the last process: nobody will delete it.
  database.exec('update message set visible_at = 0, receipt = null where receipt is not null');
  const add = database.prepare('insert into message (id, queue, body, sent_at, visible_at) values (?, ?, ?, ?, ?)');
  const visible = database.prepare(
    `select ${COLUMNS} from message where queue = ? and visible_at <= ? order by sent_at, rowid limit ?`,
  );
  const list = database.prepare(`select ${COLUMNS} from message where queue = ? order by sent_at, rowid limit ?`);
  const markReceived = database.prepare(
    'update message set receipt = ?, visible_at = ?, receive_count = receive_count + 1, ' +
      'first_received_at = case when receive_count = 0 then ? else first_received_at end where id = ?',
  );
  const setVisibleAt = database.prepare('update message set visible_at = ? where receipt = ?');
  const deleteByReceipt = database.prepare('delete from message where receipt = ?');
  const deleteOlderThan = database.prepare('delete from message where queue = ? and sent_at < ?');
  const move = database.prepare(
    'update message set queue = ?, visible_at = ?, receipt = null, receive_count = 0 where id = ?',
  );
  const count = database.prepare(
    'select coalesce(sum(visible_at <= ?), 0) visible, coalesce(sum(visible_at > ? and receive_count > 0), 0) inFlight, ' +
      'coalesce(sum(visible_at > ? and receive_count = 0), 0) delayed from message where queue = ?',
  );
  const next = database.prepare('select min(visible_at) next from message where queue = ? and visible_at > ?');
  return {
    add: (queue, { id, body, sentAt, visibleAt }) => void add.run(id, queue, body, sentAt, visibleAt),
    visible: (queue, now, max) => visible.all(queue, now, max).map(toMessage),
    list: (queue, max) => list.all(queue, max).map(toMessage),
    markReceived: (id, receipt, now, visibleAt) => void markReceived.run(receipt, visibleAt, now, id),
    setVisibleAt: (receipt, visibleAt) => void setVisibleAt.run(visibleAt, receipt),
    deleteByReceipt: (receipt) => void deleteByReceipt.run(receipt),
    deleteOlderThan: (queue, sentAt) => void deleteOlderThan.run(queue, sentAt),
    move: (id, toQueue, visibleAt) => void move.run(toQueue, visibleAt, id),
    count(queue, now) {
      const row = count.get(now, now, now, queue) ?? {};
      return { visible: Number(row['visible']), inFlight: Number(row['inFlight']), delayed: Number(row['delayed']) };
    },
    nextVisibleAt(queue, now) {
      const value = next.get(queue, now)?.['next'];
      return typeof value === 'number' ? value : undefined;
    },
    transaction(change) {
      database.exec('begin');
      try {
        const result = change();
        database.exec('commit');
        return result;
      } catch (error) {
        database.exec('rollback');
        throw error;
      }
    },
    close: () => database.close(),
  };
}

function toMessage(row: Readonly<Record<string, unknown>>): StoredMessage {
  return {
    id: String(row['id']),
    body: String(row['body']),
    sentAt: Number(row['sentAt']),
    firstReceivedAt: Number(row['firstReceivedAt']),
    receiveCount: Number(row['receiveCount']),
    visibleAt: Number(row['visibleAt']),
  };
}
