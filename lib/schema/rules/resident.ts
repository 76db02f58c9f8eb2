import { type AppDefinition, isResident } from '../../model/run-spec.ts';
import { double, unless, type Violation } from './violation.ts';

/** Apps whose disks can be in one place only: no instance more than wanted during an upgrade. */
function isBound(app: AppDefinition): boolean {
  const volumes = app.container?.volumes ?? [];
  return volumes.some((volume) => volume.kind === 'external' && volume.external.provider === 'dvdi') || isResident(app);
}

/** The upgrade strategy of apps with persistent or DVDI volumes (app-model.md §7.1, §7.2). */
export function boundUpgradeViolations(app: AppDefinition): readonly Violation[] {
  const { maximumOverCapacity } = app.upgradeStrategy;
  return unless(
    maximumOverCapacity === 0 || !isBound(app),
    '/upgradeStrategy/maximumOverCapacity',
    `got ${double(maximumOverCapacity)}, expected 0.0`,
  );
}

/** Rules on apps with persistent volumes (app-model.md §7.2); any role may have them here (design §8). */
export function residentViolations(app: AppDefinition, accepted: readonly string[] | undefined): readonly Violation[] {
  if (!isResident(app)) return [];
  return [
    ...unless(app.unreachableStrategy === 'disabled', '/', 'unreachableStrategy must be disabled for resident tasks'),
    ...unless(
      accepted === undefined || (accepted.length > 0 && accepted.every((role) => role === '*')),
      '/acceptedResourceRoles',
      'A resident app must have `acceptedResourceRoles = ["*"]`.',
    ),
  ];
}
