import type { AppSpec } from '../../lib/model/run-spec.ts';
import { keepText } from './json-text.ts';
import { type AppStatus, presentApp } from './presenters/app.ts';
import type { AppEmbeds } from './presenters/app-embeds.ts';
import { countTasks } from './presenters/task-counts.ts';

export type ShownApp = ReturnType<typeof presentApp>;

/** Lists and groups ask for different parts. */
const FORMS_A_SPEC = 2;

interface Form {
  /** Everything besides the definition that it shows. */
  readonly key: string;
  readonly shown: ShownApp;
}

/** What definitions looked like when they were shown last; goes with the definition, which the state keeps so many of. */
const forms = new WeakMap<AppSpec, readonly Form[]>();

/**
 * Shows apps with the embeds asked for. The object, and its text, is the one of the last time while nothing that it
 * shows has changed: a list of 10,000 apps is then put together, not made anew.
 */
export function createAppView(embeds: AppEmbeds) {
  const idle = [...embeds].join();
  const countsAlone = [...embeds].every((embed) => embed === 'counts' || embed === 'deployments');

  /** What a form depends on besides the definition; undefined when it shows more than a few words can tell. */
  function keyOf({ instances, deployments, lastTaskFailure }: AppStatus): string | undefined {
    if (instances.length === 0 && lastTaskFailure === undefined) {
      return deployments.length === 0 ? idle : `${idle} ${deployments.join()}`;
    }
    return countsAlone ? `${idle} ${deployments.join()} ${Object.values(countTasks(instances)).join()}` : undefined;
  }

  return function showApp(spec: AppSpec, status: AppStatus): ShownApp {
    const key = keyOf(status);
    if (key === undefined) return presentApp(spec, status, embeds);
    const before = forms.get(spec) ?? [];
    const found = before.find((form) => form.key === key);
    if (found !== undefined) return found.shown;
    const shown = keepText(presentApp(spec, status, embeds));
    forms.set(spec, [{ key, shown }, ...before].slice(0, FORMS_A_SPEC));
    return shown;
  };
}
