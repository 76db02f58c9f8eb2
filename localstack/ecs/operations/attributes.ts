import * as z from 'zod';
import { AwsError } from '../../endpoint/aws-service.ts';
import { toContainerInstanceArn } from '../arns.ts';
import type { ContainerInstance } from '../entities.ts';
import { clusterInput, type EcsContext, findCluster, instancesOf, invalid, operation } from './operation.ts';
import { pageInput, takePage } from './paging.ts';

/** ECS: custom attributes that a container instance can have, and that one call can carry (aws.md §1.1). */
const MAX_ATTRIBUTES = 10;

const BUILT_IN = /^(ecs\.|com\.amazonaws\.)/;

const target = {
  targetType: z.literal('container-instance').optional(),
  targetId: z.string(),
};

const attribute = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9_\-/\\.]{1,128}$/, 'must be 1-128 of letters, digits, _ - / \\ .')
    .refine((name) => !BUILT_IN.test(name), 'is reserved: names beginning with ecs. or com.amazonaws. are built in'),
  value: z
    .string()
    .regex(
      /^(?! )[A-Za-z0-9_\-.@/\\: ]{1,128}(?<! )$/,
      'must be 1-128 of letters, digits, _ - . @ / \\ : and inner spaces',
    )
    .optional(),
  ...target,
});

const attributesInput = z.array(attribute).min(1).max(MAX_ATTRIBUTES);

interface ShownAttribute {
  readonly name: string;
  readonly value: string | undefined;
  readonly targetType: 'container-instance';
  readonly targetId: string;
}

export const attributeOperations = {
  // AWS raises no event for attributes, and no version either (aws.md §1.4).
  PutAttributes: operation(
    z.strictObject({ cluster: clusterInput, attributes: attributesInput }),
    ({ cluster, attributes }, context) => {
      const changed = new Map<string, ContainerInstance>();
      for (const { name, value, ...rest } of attributes) {
        const instance = changedOr(changed, findTarget(context, cluster, rest));
        changed.set(instance.arn, { ...instance, attributes: { ...instance.attributes, [name]: value ?? null } });
      }
      for (const instance of changed.values()) refuseTooMany(instance);
      for (const instance of changed.values()) context.state.instances.put(instance);
      return { attributes };
    },
  ),
  DeleteAttributes: operation(
    z.strictObject({ cluster: clusterInput, attributes: attributesInput }),
    ({ cluster, attributes }, context) => {
      const found = attributes.map(({ name, ...rest }) => ({ name, instance: findTarget(context, cluster, rest) }));
      for (const { name, instance } of found) {
        const current = context.state.instances.get(instance.arn) ?? instance;
        const { [name]: _deleted, ...others } = current.attributes;
        context.state.instances.put({ ...current, attributes: others });
      }
      return { attributes };
    },
  ),
  ListAttributes: operation(
    z.strictObject({
      cluster: clusterInput,
      targetType: z.literal('container-instance'),
      attributeName: z.string().optional(),
      attributeValue: z.string().optional(),
      ...pageInput,
    }),
    ({ cluster, attributeName, attributeValue, ...page }, context) => {
      if (attributeValue !== undefined && attributeName === undefined) {
        throw invalid('attributeValue: needs attributeName beside it');
      }
      const all = instancesOf(context.view, findCluster(context, cluster)).flatMap(attributesOf);
      const wanted = all
        .filter((each) => attributeName === undefined || each.name === attributeName)
        .filter((each) => attributeValue === undefined || each.value === attributeValue)
        .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      const { items, nextToken } = takePage(wanted, (each, key) => keyOf(each) > key, keyOf, page);
      return { attributes: items, nextToken };
    },
  ),
};

function changedOr(changed: ReadonlyMap<string, ContainerInstance>, instance: ContainerInstance): ContainerInstance {
  return changed.get(instance.arn) ?? instance;
}

function findTarget(
  context: EcsContext,
  clusterText: string,
  { targetType, targetId }: { readonly targetType?: string | undefined; readonly targetId: string },
): ContainerInstance {
  const cluster = findCluster(context, clusterText);
  if (targetType === undefined && !targetId.startsWith('arn:')) {
    throw invalid('attributes.targetType: needed when targetId is an id and not an ARN');
  }
  const instance = context.state.instances.get(toContainerInstanceArn(cluster, targetId));
  if (instance?.cluster === cluster && instance.status !== 'INACTIVE') return instance;
  throw new AwsError('TargetNotFoundException', `The specified target was not found: ${targetId}.`);
}

function refuseTooMany({ attributes, arn }: ContainerInstance): void {
  const custom = Object.keys(attributes).filter((name) => !BUILT_IN.test(name));
  if (custom.length <= MAX_ATTRIBUTES) return;
  throw new AwsError(
    'AttributeLimitExceededException',
    `${arn} would have ${custom.length} custom attributes; ${MAX_ATTRIBUTES} are allowed`,
  );
}

function attributesOf(instance: ContainerInstance): ShownAttribute[] {
  return Object.entries(instance.attributes).map(([name, value]) => {
    return { name, value: value ?? undefined, targetType: 'container-instance', targetId: instance.arn };
  });
}

function keyOf({ targetId, name }: ShownAttribute): string {
  return `${targetId} ${name}`;
}
