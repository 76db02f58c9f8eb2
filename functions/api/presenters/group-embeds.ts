import { type AppEmbeds, resolveAppEmbeds } from './app-embeds.ts';

/** What of a group is shown, and what of the apps in it. */
export interface GroupEmbeds {
  readonly groups: boolean;
  readonly apps: boolean;
  readonly pods: boolean;
  readonly ofApps: AppEmbeds;
}

const OF_APPS = 'group.apps.';

/** The embeds of a request for groups: everything but status when there are none (api-endpoints.md §1.6). */
export function resolveGroupEmbeds(requested: readonly string[]): GroupEmbeds {
  const has = (name: string): boolean => requested.length === 0 || requested.includes(name);
  const ofApps = requested.filter((value) => value.startsWith(OF_APPS));
  return {
    groups: has('group.groups'),
    apps: has('group.apps'),
    pods: has('group.pods'),
    ofApps: resolveAppEmbeds([], ofApps),
  };
}
