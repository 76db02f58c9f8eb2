import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { ProbeAddress } from '../../lib/model/probe.ts';

/** One that waited for so long belongs to a task that is gone, or is asked too seldom to be worth it. Milliseconds. */
const KEPT_FOR = 120_000;

const nameOf = ({ host, port }: Pick<http.ClientRequestArgs, 'host' | 'port'>): string => `${host}:${port}`;

/**
 * Keeps the connections of the first tasks that come, for as long as these are asked. To give up the oldest for the
 * newest instead would keep none until its task's next turn once there are more tasks than room.
 * @param most connections, those in use included
 */
export function createKeptConnections(most: number) {
  const waiting = new Set<Duplex>();
  /** How many are open to each address, and in all. */
  const openTo = new Map<string, number>();
  let open = 0;

  function count(name: string, change: 1 | -1): void {
    open += change;
    const left = (openTo.get(name) ?? 0) + change;
    if (left === 0) openTo.delete(name);
    else openTo.set(name, left);
  }

  function begin(socket: Duplex, name: string): void {
    count(name, 1);
    socket.once('close', () => {
      count(name, -1);
      waiting.delete(socket);
    });
  }

  function bound(agent: http.Agent): http.Agent {
    const create = agent.createConnection.bind(agent);
    const keep: (socket: Duplex) => unknown = agent.keepSocketAlive.bind(agent);
    const reuse = agent.reuseSocket.bind(agent);
    agent.createConnection = (options, callback) => {
      const socket = create(options, callback);
      if (socket) begin(socket, nameOf(options));
      return socket;
    };
    agent.keepSocketAlive = (socket): boolean => {
      if (open > most || keep(socket) === false) return false;
      waiting.add(socket);
      return true;
    };
    agent.reuseSocket = (socket, request) => {
      waiting.delete(socket);
      reuse(socket, request);
    };
    return agent;
  }

  const options = { keepAlive: true, scheduling: 'lifo', timeout: KEPT_FOR } as const;
  const plain = bound(new http.Agent(options));
  const secure = bound(new https.Agent({ ...options, rejectUnauthorized: false }));

  return {
    agentFor: (isSecure: boolean): http.Agent => (isSecure ? secure : plain),
    /** Whether the task at that address has a connection, or there is room to keep one for it. */
    hasRoom(address: ProbeAddress): boolean {
      return open < most || openTo.has(nameOf(address));
    },
    /** How many wait for a next probe. */
    waiting: (): number => waiting.size,
    /** Gives up the one that waits longest. */
    dropOldest(): void {
      const [oldest] = waiting;
      oldest?.destroy();
      if (oldest !== undefined) waiting.delete(oldest);
    },
  };
}
