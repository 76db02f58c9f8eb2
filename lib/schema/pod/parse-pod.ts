import type { AppError } from '../../errors/app-error.ts';
import { podIdMismatch } from '../../errors/catalogue.ts';
import type { SchedulerConfig } from '../../model/config.ts';
import { type PathId, resolvePathId } from '../../model/path-id.ts';
import type { PodDefinition } from '../../model/run-spec.ts';
import { firstRefusal } from '../parse-app.ts';
import { defaultRole } from '../rules/roles.ts';
import { readJson } from '../wire/read-json.ts';
import { normalizePod } from './normalize-pod.ts';
import { podRequestViolations, podRoleViolations } from './rules/pod.ts';
import { podSchema } from './wire/pod.ts';

interface ParsePodOptions {
  readonly config: Pick<SchedulerConfig, 'agentRoles'>;
  /** `PUT /v2/pods/{id}`: the body must name the same. */
  readonly id?: PathId;
  /** Whether the top-level group of a pod makes its name the role of all below (pod-and-group-model.md B5). */
  readonly enforcesRole?: (id: PathId) => boolean;
  /** The role of the pod that this definition replaces, which it may keep. */
  readonly existingRole?: string;
}

type ParsedPod = { readonly ok: true; readonly pod: PodDefinition } | { readonly ok: false; readonly error: AppError };

/**
 * A pod, as `POST` and `PUT` take it, to its canonical form: defaults filled in, `version` ignored. Refusals are those
 * of the first stage that fails (pod-and-group-model.md A1): 422, or 400 for an id that is not the path's.
 */
export function parsePod(input: unknown, options: ParsePodOptions): ParsedPod {
  const { config, id, existingRole, enforcesRole = () => false } = options;
  const read = readJson(podSchema, input);
  if (!read.ok) return read;
  const podId = resolvePathId(read.value.id);
  const enforceRole = enforcesRole(podId);
  const pod = normalizePod(podId, defaultRole(podId, enforceRole), read.value);
  const refusal = firstRefusal(() => podRequestViolations(read.value, pod));
  if (refusal !== undefined) return { ok: false, error: refusal };
  if (id !== undefined && id !== pod.id) return { ok: false, error: podIdMismatch(id, read.value.id) };
  const context = { agentRoles: config.agentRoles, existingRole, enforceRole };
  const error = firstRefusal(() => podRoleViolations(pod, context));
  return error === undefined ? { ok: true, pod } : { ok: false, error };
}
