import type { Placement, SchedulePlan } from '../../lib/model/schedule.ts';
import type { Workbench } from './workbench.ts';

/** Placements of a plan that became launches. */
export const launchedOf = ({ placements }: SchedulePlan, workbench: Workbench): readonly Placement[] =>
  placements.filter(({ instance }) => workbench.get(instance)?.condition !== 'Scheduled');
