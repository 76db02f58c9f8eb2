import type { Bus } from '../../lib/gateways/bus.ts';
import type { Clock } from '../../lib/gateways/clock.ts';
import { type Cluster, ClusterUnavailable } from '../../lib/gateways/cluster.ts';
import { type Store, StoreUnavailable } from '../../lib/gateways/store.ts';
import type { Instant } from '../../lib/model/timestamp.ts';

/** One call of a process to a gateway; `index` counts its calls to all gateways from 0. */
export interface GatewayCall {
  readonly gateway: 'store' | 'events' | 'cluster' | 'bus';
  readonly operation: string;
  readonly index: number;
}

/**
 * What goes wrong at a call, before or after it took effect: the answer is lost (`fail`), the process ends (`die`: it
 * runs no further line, `finally` included), or all of it stands still for a while and then goes on with what it knew
 * (`stall`). `slow` is no fault: the call takes effect only after some time, and its answer takes some more.
 */
export type Fault =
  | { readonly kind: 'fail'; readonly when: 'before' | 'after' }
  | { readonly kind: 'die'; readonly when: 'before' | 'after' }
  | { readonly kind: 'stall'; readonly when: 'before' | 'after'; readonly ms: number }
  | { readonly kind: 'slow'; readonly before: number; readonly after: number };

/** Decides about each call; called once for each. */
export type FaultPlan = (call: GatewayCall) => Fault | undefined;

/** All that a process can reach: the state table, the table of events, ECS, the bus. */
export interface Gateways {
  readonly store: Store;
  readonly events: Store;
  readonly cluster: Cluster;
  readonly bus: Bus;
}

const never = (): Promise<never> => new Promise(() => undefined);

const noStore = (): never => {
  throw new StoreUnavailable('the store did not answer');
};
const noCluster = (): never => {
  throw new ClusterUnavailable('the cluster did not answer');
};
const noBus = (): never => {
  throw new Error('the bus did not answer');
};

/**
 * One process: puts faults in front of the gateways it uses. The real ones may be shared by any number of processes.
 * At `endsAt` the process is ended wherever it stands, as Lambda ends one that runs into its time-out.
 */
export function createFaults(clock: Clock, plan: FaultPlan, endsAt: () => Instant = () => Number.POSITIVE_INFINITY) {
  let calls = 0;
  let dead = false;
  let frozenUntil = clock.now();

  async function run<T>(
    gateway: GatewayCall['gateway'],
    operation: string,
    work: () => Promise<T>,
    lost: () => T,
  ): Promise<T> {
    if (clock.now() < frozenUntil) await clock.sleep(frozenUntil - clock.now());
    if (isOver()) return never();
    const fault = plan({ gateway, operation, index: calls });
    calls += 1;
    if (fault === undefined) return alive(await work());
    if (fault.kind === 'slow') return slowly(fault, work);
    if (fault.when === 'before') {
      if (await strike(fault)) return lost();
      return isOver() ? never() : alive(await work());
    }
    const answer = await work();
    return (await strike(fault)) ? lost() : alive(answer);
  }

  async function slowly<T>(
    { before, after }: Extract<Fault, { readonly kind: 'slow' }>,
    work: () => Promise<T>,
  ): Promise<T> {
    await clock.sleep(before);
    if (isOver()) return never();
    const answer = await work();
    await clock.sleep(Math.max(after, frozenUntil - clock.now()));
    return alive(answer);
  }

  /** True: the answer is lost. */
  async function strike(fault: Exclude<Fault, { readonly kind: 'slow' }>): Promise<boolean> {
    switch (fault.kind) {
      case 'fail':
        return true;
      case 'die':
        dead = true;
        return never();
      case 'stall':
        frozenUntil = clock.now() + fault.ms;
        await clock.sleep(fault.ms);
        return false;
    }
  }

  const isOver = (): boolean => dead || clock.now() >= endsAt();
  /** An answer that arrives after the end of the process reaches nobody. */
  const alive = <T>(answer: T): T | Promise<never> => (isOver() ? never() : answer);

  const onStore = (gateway: 'store' | 'events', store: Store): Store => {
    const on = <T>(operation: string, work: () => Promise<T>) => run(gateway, operation, work, noStore);
    return {
      get: (key) => on('get', () => store.get(key)),
      getMany: (keys) => on('getMany', () => store.getMany(keys)),
      query: (pk, range) => on('query', () => store.query(pk, range)),
      put: (item, condition) => on('put', () => store.put(item, condition)),
      update: (key, changes, condition) => on('update', () => store.update(key, changes, condition)),
      delete: (key, condition) => on('delete', () => store.delete(key, condition)),
    };
  };
  const onCluster = <T>(operation: string, work: () => Promise<T>) => run('cluster', operation, work, noCluster);

  return {
    store: (store: Store): Store => onStore('store', store),
    events: (store: Store): Store => onStore('events', store),
    bus: (bus: Bus): Bus => ({ send: (entries) => run('bus', 'send', () => bus.send(entries), noBus) }),
    cluster: (cluster: Cluster): Cluster => ({
      listAgents: () => onCluster('listAgents', () => cluster.listAgents()),
      describeHosts: (agents) => onCluster('describeHosts', () => cluster.describeHosts(agents)),
      ensureTaskDefinition: (definition) =>
        onCluster('ensureTaskDefinition', () => cluster.ensureTaskDefinition(definition)),
      // The one call whose lost answer is an outcome, not an error.
      startTask: (request) =>
        run(
          'cluster',
          'startTask',
          () => cluster.startTask(request),
          () => ({ kind: 'unknown', detail: 'no answer' }),
        ),
      stopTask: (arn, reason) => onCluster('stopTask', () => cluster.stopTask(arn, reason)),
      findTasks: (launch) => onCluster('findTasks', () => cluster.findTasks(launch)),
      describeTasks: (arns) => onCluster('describeTasks', () => cluster.describeTasks(arns)),
      listTasks: () => onCluster('listTasks', () => cluster.listTasks()),
    }),
  };
}

/** All gateways of one process, with faults. */
export function withFaults(real: Gateways, clock: Clock, plan: FaultPlan, endsAt: () => Instant): Gateways {
  const faults = createFaults(clock, plan, endsAt);
  return {
    store: faults.store(real.store),
    events: faults.events(real.events),
    cluster: faults.cluster(real.cluster),
    bus: faults.bus(real.bus),
  };
}
