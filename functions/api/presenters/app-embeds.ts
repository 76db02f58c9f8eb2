/** Parts of an app's answer that are there on request or by the route. */
export type AppEmbed = 'counts' | 'deployments' | 'readiness' | 'tasks' | 'lastTaskFailure' | 'taskStats';
export type AppEmbeds = ReadonlySet<AppEmbed>;

/** What a value of `embed` asks for (api-endpoints.md §1.6; Marathon: InfoEmbedResolver.scala). */
const REQUESTED: ReadonlyMap<string, readonly AppEmbed[]> = new Map<string, readonly AppEmbed[]>([
  ['tasks', ['tasks', 'deployments']],
  ['counts', ['counts']],
  ['deployments', ['deployments']],
  ['readiness', ['readiness']],
  ['lastTaskFailure', ['lastTaskFailure']],
  ['failures', ['tasks', 'lastTaskFailure', 'deployments']],
  ['taskStats', ['taskStats']],
]);

/** All values of `embed` for apps, without a prefix. */
export const APP_EMBED_NAMES: readonly string[] = [...REQUESTED.keys()];

/** What `GET /v2/apps` always shows. */
export const APP_LIST_EMBEDS: readonly AppEmbed[] = ['counts', 'deployments'];
/** What `GET /v2/apps/{id}` always shows. */
export const APP_EMBEDS: readonly AppEmbed[] = ['counts', 'tasks', 'lastTaskFailure', 'deployments'];

/** The embeds of a request: the route's own and those asked for, with or without a prefix. Unknown ones are ignored. */
export function resolveAppEmbeds(always: readonly AppEmbed[], requested: readonly string[]): AppEmbeds {
  const names = requested.map((value) => value.replace(/^(group\.apps|apps|app)\./, ''));
  return new Set([...always, ...names.flatMap((name) => REQUESTED.get(name) ?? [])]);
}
