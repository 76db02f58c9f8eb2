import { isStatic } from '../constraints/constraint-holds.ts';
import { groupCount } from '../constraints/group-by.ts';
import type { Constraint } from '../model/constraint.ts';
import { fromMillionths } from '../model/resource-amounts.ts';
import type { RunSpec } from '../model/run-spec.ts';
import type { Demand } from './demand.ts';
import type { Cells, Lasting, Pin, PlacementIndex, Scope } from './placement-index.ts';
import { advanceOf, share } from './preference.ts';
import type { ValueColumn } from './value-column.ts';

/** A constraint and the agents' values that it looks at. */
export interface AskedConstraint {
  readonly constraint: Constraint;
  readonly column: ValueColumn;
  /** The answer depends on what is placed. */
  readonly isMoving: boolean;
  /** A GROUP_BY without a value. */
  readonly isLevel: boolean;
}

/** What run specs that ask the same of an agent share, worked out once for all of them: all but what is placed. */
export class RequestClass {
  readonly demand: Demand;
  /** Those that are accepted. */
  readonly roles: readonly string[];
  readonly localRegion: string;
  readonly volumeZones: readonly string[];
  readonly asked: readonly Constraint[];
  readonly lasting: Lasting;
  readonly constraints: readonly AskedConstraint[];
  /** By shape: how far an instance advances an agent, in steps of the agents' keys. */
  readonly advances: readonly number[];
  /** The combinations of the values that the GROUP_BYs keep even; undefined: none, or too many to keep apart. */
  readonly cells: Cells | undefined;
  readonly #index: PlacementIndex;
  /** The fields of the cells. */
  readonly #fields: readonly string[];
  #unpinned: Scope | undefined;

  constructor(
    spec: RunSpec,
    { demand, roles, localRegion, volumeZones }: Pick<RequestClass, 'demand' | 'roles' | 'localRegion' | 'volumeZones'>,
    index: PlacementIndex,
  ) {
    this.#index = index;
    this.asked = spec.constraints;
    this.demand = demand;
    this.roles = roles;
    this.localRegion = localRegion;
    this.volumeZones = volumeZones;
    this.lasting = index.lasting({ spec, localRegion, volumeZones });
    this.constraints = spec.constraints.map((constraint) => ({
      constraint,
      column: index.column(constraint.field),
      isMoving: !isStatic(constraint),
      isLevel: constraint.operator === 'GROUP_BY' && groupCount(constraint.value ?? '') === 0,
    }));
    const { cpus, mem } = demand.taken;
    const { shapes, keyStep, ranking } = index.table;
    this.advances = shapes.map(
      (shape) => advanceOf(share(fromMillionths(cpus), shape.cpus, fromMillionths(mem), shape.mem), ranking) * keyStep,
    );
    const groups = spec.constraints.flatMap(({ operator, field }) => (operator === 'GROUP_BY' ? [field] : []));
    this.cells = groups.length === 0 ? undefined : index.cells(groups);
    this.#fields = this.cells === undefined ? [] : groups;
  }

  /** Where to look for the agents that satisfy what lasts and the pins. */
  scope(pins: readonly Pin[]): Scope {
    if (pins.length > 0) return this.#index.scope(this.lasting, pins, this.#fields);
    this.#unpinned ??= this.#index.scope(this.lasting, pins, this.#fields);
    return this.#unpinned;
  }
}
