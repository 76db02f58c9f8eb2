import { LOCAL_ACCOUNT, LOCAL_REGION } from '../endpoint/aws-service.ts';
import { type TemplatePlace, templateError } from './template-error.ts';

/** Looks up what other resources are called here. */
export interface References {
  readonly stackName: string;
  /** `Ref`'s value for a resource, or undefined when there is no such resource. */
  ref(logicalId: string): string | undefined;
  /** `Fn::GetAtt`'s value, or undefined when the resource or its attribute is not known. */
  attribute(logicalId: string, name: string): string | undefined;
}

const NO_VALUE = Symbol('AWS::NoValue');

const SUPPORTED = 'Ref, Fn::GetAtt, Fn::Join, Fn::Sub, Fn::Select and Fn::Split';

/**
 * Resolves the intrinsic functions of a template value, in depth: the fixed set that the synthesized template may use.
 * Properties set to `AWS::NoValue` are left out. Throws `TemplateError` for any other intrinsic.
 */
export function resolveIntrinsics(value: unknown, references: References, place: TemplatePlace): unknown {
  const resolved = resolve(value, references, place);
  return resolved === NO_VALUE ? undefined : resolved;
}

function resolve(value: unknown, references: References, place: TemplatePlace): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolve(item, references, place)).filter((item) => item !== NO_VALUE);
  }
  if (!isRecord(value)) return value;
  const [first, ...others] = Object.entries(value);
  if (first !== undefined && others.length === 0 && isIntrinsicName(first[0])) {
    return call(first[0], first[1], references, place);
  }
  const entries = Object.entries(value).map(([key, item]) => [key, resolve(item, references, place)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== NO_VALUE));
}

function call(name: string, argument: unknown, references: References, place: TemplatePlace): unknown {
  switch (name) {
    case 'Ref':
      return ref(text(argument, name, place), references, place);
    case 'Fn::GetAtt': {
      const [logicalId, ...attribute] = Array.isArray(argument) ? argument : text(argument, name, place).split('.');
      return attributeOf(text(logicalId, name, place), attribute.join('.'), references, place);
    }
    case 'Fn::Join': {
      const [separator, parts] = list(argument, name, place);
      const resolved = list(resolve(parts, references, place), name, place);
      return resolved.map((part) => text(part, name, place)).join(text(separator, name, place));
    }
    case 'Fn::Select': {
      const [index, items] = list(argument, name, place);
      const item = list(resolve(items, references, place), name, place)[Number(index)];
      if (item === undefined) throw templateError(place, `Fn::Select finds nothing at index ${String(index)}`);
      return item;
    }
    case 'Fn::Split': {
      const [separator, source] = list(argument, name, place);
      return text(resolve(source, references, place), name, place).split(text(separator, name, place));
    }
    case 'Fn::Sub':
      return substitute(argument, references, place);
    default:
      throw templateError(place, `the local cloud does not support ${name}, only ${SUPPORTED}`);
  }
}

/** `${Name}`, `${Name.Attribute}`, and `${!literal}`, which stays `${literal}`. */
function substitute(argument: unknown, references: References, place: TemplatePlace): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = isRecord(variables) ? variables : {};
  return text(template, 'Fn::Sub', place).replaceAll(/\$\{([^}]*)\}/g, (_whole, expression: string) => {
    if (expression.startsWith('!')) return `\${${expression.slice(1)}}`;
    const name = expression.trim();
    if (Object.hasOwn(own, name)) return text(resolve(own[name], references, place), 'Fn::Sub', place);
    const dot = name.indexOf('.');
    const value =
      dot === -1
        ? ref(name, references, place)
        : attributeOf(name.slice(0, dot), name.slice(dot + 1), references, place);
    return text(value, 'Fn::Sub', place);
  });
}

function ref(name: string, references: References, place: TemplatePlace): unknown {
  if (name === 'AWS::NoValue') return NO_VALUE;
  const value = pseudoParameter(name, references.stackName) ?? references.ref(name);
  if (value === undefined) throw templateError(place, `it refers to ${name}, which is not a resource of this template`);
  return value;
}

function attributeOf(logicalId: string, name: string, references: References, place: TemplatePlace): string {
  const value = references.attribute(logicalId, name);
  if (value === undefined) {
    throw templateError(place, `it refers to attribute ${name} of ${logicalId}, which the local cloud does not know`);
  }
  return value;
}

function pseudoParameter(name: string, stackName: string): string | undefined {
  switch (name) {
    case 'AWS::Region':
      return LOCAL_REGION;
    case 'AWS::AccountId':
      return LOCAL_ACCOUNT;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return stackName;
    case 'AWS::StackId':
      return `arn:aws:cloudformation:${LOCAL_REGION}:${LOCAL_ACCOUNT}:stack/${stackName}/local`;
    default:
      return undefined;
  }
}

function text(value: unknown, name: string, place: TemplatePlace): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw templateError(place, `${name} needs text here and got ${JSON.stringify(value) ?? 'nothing'}`);
}

function list(value: unknown, name: string, place: TemplatePlace): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw templateError(place, `${name} needs a list here and got ${JSON.stringify(value) ?? 'nothing'}`);
}

function isIntrinsicName(name: string): boolean {
  return name === 'Ref' || name.startsWith('Fn::');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
