import type { InstanceId } from './ids.ts';
import { type PathId, resolvePathId } from './path-id.ts';

/** What a task id of a request addresses: for kills always a whole instance. */
export type AddressedTask =
  | {
      readonly kind: 'instance';
      readonly instance: InstanceId;
      readonly runSpec: PathId;
      /** A pod's container, or `_app`; absent in ids of instances. */
      readonly container?: string;
      /** Absent: the present one. */
      readonly incarnation?: number;
    }
  /** The form of Marathon before instances; nothing here has one. */
  | { readonly kind: 'legacy' }
  | { readonly kind: 'badUuid'; readonly text: string }
  | { readonly kind: 'malformed' };

/** `<safe id>.instance-<uuid>`, then maybe `.<container>` or `._app`, then maybe `.<incarnation>`. */
const INSTANCE_FORM = /^(([^/]+)\.(?:instance-|marathon-)([^./]+))(?:\.([^./]+)(?:\.(\d+))?)?$/;
/** `<safe id>.<uuid>` or `<safe id>_<uuid>`; the second with `.<incarnation>`. */
const LEGACY_FORM = /^[^/]+[._]([^._/]+)$/;
const LEGACY_FORM_RELAUNCHED = /^[^/]+[._]([^._/]+)\.\d+$/;
/** As lenient as Java's UUID.fromString: five groups of hexadecimal digits. */
const UUID = /^[0-9a-f]+(?:-[0-9a-f]+){4}$/i;

/** Reads every form of a task id that Marathon takes in requests (api-endpoints.md §1.5). */
export function parseTaskId(text: string): AddressedTask {
  const [, instance, safePath, uuid, container, incarnation] = INSTANCE_FORM.exec(text) ?? [];
  if (instance !== undefined && safePath !== undefined && uuid !== undefined) {
    if (!UUID.test(uuid)) return { kind: 'badUuid', text: uuid };
    return {
      kind: 'instance',
      instance: instance as InstanceId,
      runSpec: resolvePathId(safePath.replaceAll('_', '/')),
      ...(container === undefined ? {} : { container }),
      ...(incarnation === undefined ? {} : { incarnation: Number(incarnation) }),
    };
  }
  const [, legacy] = LEGACY_FORM_RELAUNCHED.exec(text) ?? LEGACY_FORM.exec(text) ?? [];
  if (legacy === undefined) return { kind: 'malformed' };
  return UUID.test(legacy) ? { kind: 'legacy' } : { kind: 'badUuid', text: legacy };
}
