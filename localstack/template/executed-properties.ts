import { EXECUTED_RESOURCES, type ExecutedResource } from './executed-resources.ts';
import { findInertResource } from './inert-resources.ts';
import { type References, resolveIntrinsics } from './intrinsics.ts';
import type { TemplateResource } from './read-assembly.ts';
import { type TemplatePlace, templateError } from './template-error.ts';

const CURE = 'Leave it out of infra/, or list it in localstack/template with what it does.';

/** How the local cloud treats a resource. Throws `TemplateError` for a type in none of its lists. */
export function supportOf(resource: TemplateResource, file: string): ExecutedResource | 'inert' {
  const executed = EXECUTED_RESOURCES.find((entry) => entry.type === resource.type);
  const place = { file, logicalId: resource.logicalId, type: resource.type, property: '' };
  if (executed === undefined) {
    if (findInertResource(resource.type) !== undefined) return 'inert';
    throw templateError(place, `the local cloud does not execute this resource type. ${CURE}`);
  }
  if (resource.condition !== undefined) {
    throw templateError(place, `the local cloud does not support conditions (${resource.condition}). ${CURE}`);
  }
  return executed;
}

/**
 * The properties of a resource that the local cloud executes, intrinsics resolved, those without effect left out.
 * Throws `TemplateError` for a property in neither list.
 */
export function executedProperties(
  resource: TemplateResource,
  support: ExecutedResource,
  references: References,
  file: string,
): Readonly<Record<string, unknown>> {
  const place = (property: string): TemplatePlace => ({
    file,
    logicalId: resource.logicalId,
    type: resource.type,
    property,
  });

  const pickEntries = (value: object, path: string): Readonly<Record<string, unknown>> => {
    const entries = Object.entries(value).map(([key, item]) => {
      const property = path === '' ? key : `${path}.${key}`;
      return [key, pick(item, property)] as const;
    });
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
  };

  const pick = (value: unknown, path: string): unknown => {
    if (Object.hasOwn(support.executed, path)) return resolveIntrinsics(value, references, place(path));
    if (Object.hasOwn(support.noEffect, path)) return undefined;
    if (!leadsToListed(support, path)) {
      throw templateError(place(path), `the local cloud does not support it. ${CURE}`);
    }
    const resolved = isIntrinsic(value) ? resolveIntrinsics(value, references, place(path)) : value;
    if (resolved === undefined) return undefined;
    if (Array.isArray(resolved)) return resolved.map((item) => pick(item, `${path}[]`));
    if (typeof resolved === 'object' && resolved !== null) return pickEntries(resolved, path);
    throw templateError(place(path), `it should be an object or a list and is ${JSON.stringify(resolved)}`);
  };

  return pickEntries(resource.properties, '');
}

function leadsToListed(support: ExecutedResource, path: string): boolean {
  const starts = (listed: string) => listed.startsWith(`${path}.`) || listed.startsWith(`${path}[]`);
  return Object.keys(support.executed).some(starts) || Object.keys(support.noEffect).some(starts);
}

function isIntrinsic(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && keys.every((key) => key === 'Ref' || key.startsWith('Fn::'));
}
