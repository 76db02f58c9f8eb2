import type { AppError } from '../../errors/app-error.ts';
import { podIdMismatch } from '../../errors/catalogue.ts';
import type { SchedulerConfig } from '../../model/config.ts';
import { type PathId, resolvePathId } from '../../model/path-id.ts';
import type { PodDefinition } from '../../model/run-spec.ts';
import { firstRefusal } from '../parse-app.ts';
import { readJson } from '../wire/read-json.ts';
import { normalizePod } from './normalize-pod.ts';
import { podRequestViolations, podRoleViolations, podUpdateViolations } from './rules/pod.ts';
import { podSchema } from './wire/pod.ts';

export interface ParsePodOptions {
  readonly config: Pick<SchedulerConfig, 'agentRoles'>;
  /** `PUT /v2/pods/{id}`: the body must name the same. */
  readonly id?: PathId;
  /** The pod that this one replaces: it may keep its role, and persistent volumes must stay as they are. */
  readonly existing?: PodDefinition;
}

export type ParsedPod =
  | { readonly ok: true; readonly pod: PodDefinition }
  | { readonly ok: false; readonly error: AppError };

/**
 * A pod, as `POST` and `PUT` take it, to its canonical form: defaults filled in, `version` ignored. Refusals are those
 * of the first stage that fails (pod-and-group-model.md A1): 422, or 400 for an id that is not the path's.
 */
export function parsePod(input: unknown, { config, id, existing }: ParsePodOptions): ParsedPod {
  const read = readJson(podSchema, input);
  if (!read.ok) return read;
  const pod = normalizePod(resolvePathId(read.value.id), read.value);
  const refusal = firstRefusal(() => podRequestViolations(read.value, pod));
  if (refusal !== undefined) return { ok: false, error: refusal };
  if (id !== undefined && id !== pod.id) return { ok: false, error: podIdMismatch(id, read.value.id) };
  const context = { agentRoles: config.agentRoles, existing };
  const error = firstRefusal(
    () => podRoleViolations(pod, context),
    () => podUpdateViolations(pod, context),
  );
  return error === undefined ? { ok: true, pod } : { ok: false, error };
}
