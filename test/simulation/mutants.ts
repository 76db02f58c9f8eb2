/** A piece of source and what stands in its place. */
export interface Replacement {
  readonly file: string;
  readonly text: string;
  readonly by: string;
}

/** A defect put in on purpose. Where two guards keep it away, both are taken out: it must really be the named one. */
export interface Mutant {
  readonly name: string;
  readonly replacements: readonly Replacement[];
}

/** What the simulator must find, and go on finding as the code changes. */
export const MUTANTS: readonly Mutant[] = [
  {
    // The wake goes out before the marks are stored that say what to look at.
    name: 'wake before store',
    replacements: [
      {
        file: 'functions/events/publish/publish.ts',
        text: `    await Promise.all(marksOf(announcements).map((mark) => state.coordination.markDirty(mark)));
    if (announcements.some(({ outbox }) => outbox.wake)) await wakeTick();
`,
        by: `    if (announcements.some(({ outbox }) => outbox.wake)) await wakeTick();
    await Promise.all(marksOf(announcements).map((mark) => state.coordination.markDirty(mark)));
`,
      },
    ],
  },
  {
    // Whatever launch the instance has by then gets the ARN; the condition is in the reducer and in the revision.
    name: 'ARN stored without its condition',
    replacements: [
      {
        file: 'functions/scheduler-tick/launch-placements.ts',
        text: "        await workbench.apply(placement.instance, { kind: 'seen', task: outcome.task });\n",
        by: `        {
          const { runSpec, instance: id } = placement;
          const present = await state.instances.get({ runSpec, id });
          if (present?.value.launch !== undefined) {
            const value = { ...present.value, launch: { ...present.value.launch, arn: outcome.task.arn } };
            await state.instances.replace(value, present.rev, { events: [], dirty: [], wake: false });
          }
        }
`,
      },
    ],
  },
  {
    // Neither when its task has ended nor later, when its instance has another launch or is gone.
    name: 'claim not released on STOPPED',
    replacements: [
      {
        file: 'functions/runtime/filter-claims.ts',
        text: 'value: keepClaims(value, verdicts)',
        by: 'value',
      },
    ],
  },
  {
    // What is not among the instances that were listed is stopped at once: no look-up by launch id, no age.
    name: 'orphan declared from a lagging index',
    replacements: [
      {
        file: 'functions/scheduler-tick/pass.ts',
        text: `    const tasks = walk ? await deps.cluster.listTasks() : undefined;
    const snapshot = await loadSnapshot(state, walk, deps.log, watch.draining());
`,
        by: `    const snapshot = await loadSnapshot(state, walk, deps.log, watch.draining());
    const tasks = walk ? await deps.cluster.listTasks() : undefined;
`,
      },
      {
        file: 'functions/scheduler-tick/sweep.ts',
        text: '        const instance = await instanceOf(task);\n',
        by: '        const instance = (await Promise.resolve(undefined)) as Awaited<ReturnType<typeof instanceOf>>;\n',
      },
      {
        file: 'functions/scheduler-tick/sweep.ts',
        text: '        if (superseded || (old && suspects.has(task.arn))) {\n',
        by: '        if (superseded || old || !suspects.has(task.arn)) {\n',
      },
    ],
  },
  {
    // Neither the launch id nor the ARN is held against the instance's own.
    name: 'old incarnation’s event accepted',
    replacements: [
      {
        file: 'lib/instance/reduce-instance.ts',
        text: `  if (launch === undefined || task.launch !== launch.id) return noop('another launch');
  if (launch.arn !== undefined && launch.arn !== task.arn) return noop('another task of the launch');
`,
        by: "  if (launch === undefined) return noop('another launch');\n",
      },
    ],
  },
  {
    name: 'lock taken over without ending the loser',
    replacements: [
      {
        file: 'lib/deployment/plan-change.ts',
        text: '.filter(([id]) => !pushedOut.has(id))',
        by: '.filter(([id]) => id !== plan.id)',
      },
    ],
  },
  {
    // A task that fails its health checks is killed while it may still recover.
    name: 'unhealthy one failure too early',
    replacements: [
      {
        file: 'lib/health/judge-health.ts',
        text: 'failures >= maximum ? lastFailure',
        by: 'failures >= maximum - 1 ? lastFailure',
      },
    ],
  },
  {
    // An upgrade lets everybody go at once.
    name: 'healthy instances below the minimum let go',
    replacements: [
      {
        file: 'lib/deployment/restart.ts',
        text: 'Math.max(healthy - minHealthy, old.length',
        by: 'Math.max(healthy, old.length',
      },
    ],
  },
  {
    // What depends on an app is started while that one is not healthy.
    name: 'step over before its instances are ready',
    replacements: [
      {
        file: 'lib/deployment/advance.ts',
        text: 'healthy.length >= action.to &&',
        by: 'instances.length >= action.to &&',
      },
    ],
  },
  {
    // The instances of a removed app live on in the one that takes its place.
    name: 'instances of a removed definition taken over',
    replacements: [
      {
        file: 'lib/deployment/advance.ts',
        text: 'if (since === undefined) return kill;',
        by: 'if (since === undefined || kill.length === 0) return kill;',
      },
    ],
  },
  {
    // Of several writes of one item only the newest is announced.
    name: 'outbox dropped by a second write',
    replacements: [
      {
        file: 'functions/events/publish/publish.ts',
        text: '      records.map(async (record): Promise<readonly Announcement[]> => {\n',
        by: `      [
        ...new Map(records.map((record) => [\`\${record.key.pk}/\${record.key.sk}\`, record])).values(),
      ].map(async (record): Promise<readonly Announcement[]> => {
`,
      },
    ],
  },
];
