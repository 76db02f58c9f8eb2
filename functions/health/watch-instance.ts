import { StoreUnavailable } from '../../lib/gateways/store.ts';
import { asHealthCheck, resultOf } from '../../lib/health/app-check.ts';
import { applyReports, type ProbeReport } from '../../lib/health/apply-report.ts';
import { judgeHealth } from '../../lib/health/judge-health.ts';
import { judgeOutcome, judgeReadiness } from '../../lib/health/judge-outcome.ts';
import { isProbed } from '../../lib/health/kinds.ts';
import { type Aim, healthTarget, readinessTarget } from '../../lib/health/probe-target.ts';
import { probedTask } from '../../lib/health/probed-tasks.ts';
import { firstProbeAt, intervalOf, nextProbeAt, nextSlot } from '../../lib/health/schedule.ts';
import type { Instance } from '../../lib/model/instance.ts';
import type { ProbeOutcome } from '../../lib/model/probe.ts';
import type { AppSpec, HealthCheck, ReadinessCheck } from '../../lib/model/run-spec.ts';
import type { Instant } from '../../lib/model/timestamp.ts';
import type { Versioned } from '../../lib/state/items.ts';
import type { Takeover, WatchDeps } from './deps.ts';

/** Other writers were first this often in a row: the next result tries again. */
const ATTEMPTS = 8;

/** One task that is asked, by all its checks, until it is dismissed. */
export interface Watch {
  /** Names the task that it asks, and where. */
  readonly task: string;
  /** Begins nothing more; the outcome of what is under way counts for nothing. */
  dismiss(): void;
}

/** One of the checks: how to ask, and what an outcome is reported as. */
interface Watched {
  readonly key: string;
  readonly check: Pick<HealthCheck, 'intervalSeconds'> & Partial<HealthCheck>;
  readonly aim: Aim;
  readonly report: (outcome: ProbeOutcome, due: Instant, at: Instant) => ProbeReport;
  /** Nothing more is to be found out. */
  readonly isDone: (instance: Instance) => boolean;
}

function watchedHealth(spec: AppSpec, instance: Instance): readonly Watched[] {
  return spec.healthChecks.flatMap((check, index) =>
    isProbed(check) && instance.health[index] !== undefined
      ? [
          {
            key: `${instance.id}.${instance.incarnation}/${index}`,
            check,
            aim: healthTarget(spec, instance, check),
            report: (outcome: ProbeOutcome, due: Instant, at: Instant): ProbeReport => ({
              kind: 'health',
              check: index,
              due,
              at,
              result: judgeOutcome(check, outcome),
            }),
            isDone: () => false,
          },
        ]
      : [],
  );
}

function watchedReadiness(spec: AppSpec, instance: Instance): readonly Watched[] {
  const toWatched = (check: ReadinessCheck, index: number): Watched => ({
    key: `${instance.id}.${instance.incarnation}/ready/${index}`,
    check: { intervalSeconds: check.intervalSeconds },
    aim: readinessTarget(spec, instance, check),
    report: (outcome) => ({ kind: 'readiness', check: index, state: judgeReadiness(check, outcome) }),
    isDone: ({ readiness }) => readiness[index]?.ready !== false,
  });
  return spec.readinessChecks.map(toWatched);
}

function watchedCheck(spec: AppSpec, instance: Instance): readonly Watched[] {
  const check = spec.check === undefined ? undefined : asHealthCheck(spec.check);
  if (check === undefined || instance.check === undefined) return [];
  const kind = check.protocol === 'MESOS_TCP' ? 'tcp' : 'http';
  return [
    {
      key: `${instance.id}.${instance.incarnation}/check`,
      check,
      aim: healthTarget(spec, instance, check),
      report(outcome) {
        const result = resultOf(outcome, kind);
        return { kind: 'check', state: result === undefined ? {} : { result } };
      },
      isDone: () => false,
    },
  ];
}

/** Still the task that was to be asked, running and wanted. */
const isSameTask = (before: Instance, after: Instance | undefined): after is Instance =>
  after?.launch?.id === before.launch?.id && after?.condition === 'Running' && after.goal === 'Running';

/**
 * Asks one task, each check at its own times, never twice at once, and stores what changes. Results that come in while
 * a write is under way go into the next.
 */
export function watchInstance(
  deps: WatchDeps,
  stored: Versioned<Instance>,
  spec: AppSpec,
  { from, handedOver }: Takeover,
): Watch {
  const { state, probes, clock, log, lanes, timetable, underWay, meter } = deps;
  let over = false;
  let { value: instance, rev } = stored;
  let pending: ProbeReport[] = [];
  let writing = false;

  const isCondemned = (): boolean => judgeHealth(instance, spec.healthChecks, clock.now()).kind === 'kill';

  /** False: another writer was first, and what it wrote is taken over. */
  async function store(reports: readonly ProbeReport[]): Promise<boolean> {
    const effect = applyReports(instance, spec, reports, clock.now());
    if (effect.kind === 'steady') {
      instance = effect.instance;
      return true;
    }
    const { events, wake } = effect;
    const outbox = { events, dirty: wake ? [instance.runSpec] : [], wake };
    if (await state.instances.replace(effect.instance, rev, outbox)) {
      instance = effect.instance;
      rev += 1;
      return true;
    }
    const fresh = await state.instances.get({ runSpec: instance.runSpec, id: instance.id });
    if (fresh === undefined || !isSameTask(instance, fresh.value)) over = true;
    else ({ value: instance, rev } = fresh);
    return false;
  }

  async function flush(): Promise<void> {
    if (writing) return;
    writing = true;
    try {
      for (let lost = 0; pending.length > 0 && lost < ATTEMPTS && !over; ) {
        const reports = pending;
        pending = [];
        try {
          if (await store(reports)) lost = 0;
          else {
            pending = [...reports, ...pending];
            lost += 1;
          }
        } catch (error) {
          // Whether it was stored is open. The results are told again with the next, and count once (lib/health).
          pending = [...reports, ...pending];
          if (!(error instanceof StoreUnavailable)) throw error;
          log.error('health results are kept for later', error, { instance: instance.id });
          return;
        }
      }
    } finally {
      writing = false;
    }
  }

  async function ask(aim: Aim, doubtful: boolean, due: Instant): Promise<ProbeOutcome> {
    if (aim.kind === 'none') return { kind: 'failed', cause: aim.cause, timedOut: false };
    return lanes.run(doubtful, () => {
      meter(instance.id, clock.now() - due);
      return probes.ask(aim);
    });
  }

  async function watch({ key, check, aim, report, isDone }: Watched): Promise<void> {
    const interval = intervalOf(check);
    const first = firstProbeAt(key, instance.since, check);
    let due = first > from ? first : nextSlot(key, interval, handedOver ? from : clock.now());
    let doubtful = false;
    async function askAndTell(): Promise<void> {
      const outcome = await ask(aim, doubtful, due);
      doubtful = outcome.kind === 'failed' && outcome.timedOut;
      if (over) return;
      pending.push(report(outcome, due, clock.now()));
      await flush();
    }
    for (;;) {
      await timetable.until(due);
      if (over || isDone(instance) || isCondemned()) return;
      const question = askAndTell();
      underWay.add(question);
      await question.finally(() => underWay.delete(question));
      due = nextProbeAt(key, interval, due, clock.now());
    }
  }

  const all = [watchedHealth, watchedReadiness, watchedCheck].flatMap((watchedOf) => watchedOf(spec, instance));
  for (const watched of all) {
    watch(watched).catch((error: unknown) => {
      over = true;
      log.error('health check quarantined', error, { instance: instance.id });
    });
  }
  return {
    task: probedTask(instance),
    dismiss: () => {
      over = true;
    },
  };
}
