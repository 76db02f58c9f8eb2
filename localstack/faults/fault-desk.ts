import type { StandingFault } from './fault.ts';
import type { FaultChange } from './fault-table.ts';
import { FaultError, type FaultScope, readFault } from './read-fault.ts';

/** A fault table, in this thread or in another one. */
export interface FaultPlace {
  /** Carries out a change, if one is given; how the faults stand then. */
  change(change?: FaultChange): readonly StandingFault[] | Promise<readonly StandingFault[]>;
}

/** Where faults are ordered and cleared. */
export interface FaultDesk {
  /** Throws `FaultError` for an order that cannot be followed. */
  set(order: unknown): Promise<StandingFault>;
  /** Clears one fault, or all without an id, and answers which. Throws `FaultError` for an unknown id. */
  clear(id?: string): Promise<readonly StandingFault[]>;
  list(): Promise<readonly StandingFault[]>;
}

/** `places`: where the calls of a service are decided; `elsewhere`: those of all other services, and events. */
export function createFaultDesk(
  scope: FaultScope,
  places: ReadonlyMap<string, FaultPlace>,
  elsewhere: FaultPlace,
): FaultDesk {
  let last = 0;
  const all = [...places.values(), elsewhere];
  const list = async () => {
    const faults = (await Promise.all(all.map(async (place) => await place.change()))).flat();
    return faults.toSorted((a, b) => numberOf(a) - numberOf(b));
  };
  const remember = async () => {
    const stale = (await list()).filter((fault) => fault.on === 'call' && fault.kind === 'stale');
    for (const { name, lag } of scope.services) {
      const own = stale.filter((fault) => fault.on === 'call' && fault.service === name);
      lag?.remember(Math.max(0, ...own.map(({ ms }) => ms)));
    }
  };
  return {
    list,
    async set(order) {
      const wanted = readFault(order, scope);
      last += 1;
      const fault: StandingFault = { ...wanted, id: `f${last}`, drawn: 0, struck: 0 };
      const place = fault.on === 'call' ? (places.get(fault.service) ?? elsewhere) : elsewhere;
      await place.change({ kind: 'add', fault });
      await remember();
      return fault;
    },
    async clear(id) {
      const standing = await list();
      const cleared = id === undefined ? standing : standing.filter((fault) => fault.id === id);
      if (id !== undefined && cleared.length === 0) {
        const ids = standing.map((fault) => fault.id).join(', ');
        throw new FaultError(`no fault ${id} stands; ${ids === '' ? 'there are none' : `there are ${ids}`}`);
      }
      for (const place of all) await place.change({ kind: 'remove', ...(id === undefined ? {} : { id }) });
      await remember();
      return cleared;
    },
  };
}

function numberOf({ id }: StandingFault): number {
  return Number(id.slice(1));
}
