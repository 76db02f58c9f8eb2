import type { IntegrationModel, RouteModel } from '../template/cloud-model.ts';

/** Where a request goes. */
export interface RouteMatch {
  readonly resourceId: string;
  readonly resourcePath: string;
  readonly integration: IntegrationModel;
  /** As sent: not decoded, slashes kept. Null without parameters, as in the event. */
  readonly pathParameters: Readonly<Record<string, string>> | null;
}

export type RouteTable = (method: string, rawPath: string) => RouteMatch | undefined;

interface Candidate {
  readonly route: RouteModel;
  readonly parameters: Readonly<Record<string, string>>;
  /** Per part of the path: 0 literal, 1 `{name}`, 2 `{name+}`. The smaller, the more specific. */
  readonly rank: readonly number[];
}

/**
 * The resources of a REST API as a function from verb and raw path to integration.
 * The more specific resource wins, part by part; a resource that wins without the verb (or `ANY`) answers nothing.
 */
export function createRouteTable(routes: readonly RouteModel[]): RouteTable {
  return (method, rawPath) => {
    const parts = toParts(rawPath);
    const [best] = routes
      .flatMap((route) => matchRoute(route, parts) ?? [])
      .toSorted((left, right) => compareRanks(left.rank, right.rank));
    if (best === undefined) return undefined;
    const { route, parameters } = best;
    const integration = route.methods[method] ?? route.methods['ANY'];
    if (integration === undefined) return undefined;
    const pathParameters = Object.keys(parameters).length === 0 ? null : parameters;
    return { resourceId: route.resourceId, resourcePath: route.resourcePath, integration, pathParameters };
  };
}

/** The root has no parts; a doubled slash is an empty part. */
function toParts(path: string): readonly string[] {
  return path === '/' || path === '' ? [] : path.slice(1).split('/');
}

function matchRoute(route: RouteModel, parts: readonly string[]): Candidate | undefined {
  const pattern = toParts(route.resourcePath);
  const parameters: Record<string, string> = {};
  const rank: number[] = [];
  for (const [index, part] of pattern.entries()) {
    const given = parts[index];
    if (given === undefined) return undefined;
    const greedy = /^\{(.+)\+\}$/.exec(part)?.[1];
    if (greedy !== undefined) {
      parameters[greedy] = parts.slice(index).join('/');
      return { route, parameters, rank: [...rank, 2] };
    }
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name !== undefined) parameters[name] = given;
    else if (part !== given) return undefined;
    rank.push(name === undefined ? 0 : 1);
  }
  const rest = parts.slice(pattern.length);
  const trailingSlash = rest.length === 1 && rest[0] === '' && pattern.length > 0;
  return rest.length === 0 || trailingSlash ? { route, parameters, rank } : undefined;
}

function compareRanks(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
