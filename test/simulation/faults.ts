import type { Clock } from '../../lib/gateways/clock.ts';
import { type Cluster, ClusterUnavailable } from '../../lib/gateways/cluster.ts';
import { type Store, StoreUnavailable } from '../../lib/gateways/store.ts';

/** One call of a process to a gateway; `index` counts its calls to all gateways from 0. */
export interface GatewayCall {
  readonly gateway: 'store' | 'cluster';
  readonly operation: string;
  readonly index: number;
}

/**
 * What goes wrong at a call, before or after it took effect: the answer is lost (`fail`), the process ends (`die`: it
 * runs no further line, `finally` included), or all of it stands still for a while and then goes on with what it knew
 * (`stall`).
 */
export type Fault =
  | { readonly kind: 'fail'; readonly when: 'before' | 'after' }
  | { readonly kind: 'die'; readonly when: 'before' | 'after' }
  | { readonly kind: 'stall'; readonly when: 'before' | 'after'; readonly ms: number };

/** Decides about each call; called once for each. */
export type FaultPlan = (call: GatewayCall) => Fault | undefined;

export interface Gateways {
  readonly store: Store;
  readonly cluster: Cluster;
}

const never = (): Promise<never> => new Promise(() => undefined);

/** One process: puts faults in front of the gateways it uses. The real ones may be shared by any number of processes. */
export function createFaults(clock: Clock, plan: FaultPlan) {
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
    if (dead) return never();
    const fault = plan({ gateway, operation, index: calls });
    calls += 1;
    if (fault === undefined) return alive(await work());
    if (fault.when === 'before') return (await strike(fault)) ? lost() : alive(await work());
    const answer = await work();
    return (await strike(fault)) ? lost() : alive(answer);
  }

  /** True: the answer is lost. */
  async function strike(fault: Fault): Promise<boolean> {
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

  /** An answer that arrives after the end of the process reaches nobody. */
  const alive = <T>(answer: T): T | Promise<never> => (dead ? never() : answer);

  const noStore = (): never => {
    throw new StoreUnavailable('the store did not answer');
  };
  const noCluster = (): never => {
    throw new ClusterUnavailable('the cluster did not answer');
  };
  const onStore = <T>(operation: string, work: () => Promise<T>) => run('store', operation, work, noStore);
  const onCluster = <T>(operation: string, work: () => Promise<T>) => run('cluster', operation, work, noCluster);

  return {
    store: (store: Store): Store => ({
      get: (key) => onStore('get', () => store.get(key)),
      getMany: (keys) => onStore('getMany', () => store.getMany(keys)),
      query: (pk, range) => onStore('query', () => store.query(pk, range)),
      put: (item, condition) => onStore('put', () => store.put(item, condition)),
      update: (key, changes, condition) => onStore('update', () => store.update(key, changes, condition)),
      delete: (key, condition) => onStore('delete', () => store.delete(key, condition)),
    }),
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

/** Both gateways of one process, with faults. */
export function withFaults({ store, cluster }: Gateways, clock: Clock, plan: FaultPlan): Gateways {
  const faults = createFaults(clock, plan);
  return { store: faults.store(store), cluster: faults.cluster(cluster) };
}
