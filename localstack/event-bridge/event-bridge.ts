import { AwsError, type AwsService, type EventBridgeEvent } from '../endpoint/aws-service.ts';
import type { BusModel, RuleModel } from '../template/cloud-model.ts';
import { TemplateError } from '../template/template-error.ts';
import { compileEventPattern, type EventPattern, PatternError } from './event-pattern.ts';
import { makeEvent, putEvents } from './put-events.ts';
import { parseRate } from './rate-schedule.ts';

/** EventBridge: buses, rules and schedules of a template. */
export interface EventBridge {
  /** `events` at the endpoint: PutEvents. */
  readonly service: AwsService;
  /** An event of an AWS service, for the default bus. */
  emit(event: EventBridgeEvent): void;
  /** Begins the schedules: each fires shortly after, then every period. */
  startSchedules(): void;
  stop(): void;
}

export interface EventBridgeOptions {
  /** The template's file, for errors. */
  readonly file: string;
  readonly buses: readonly BusModel[];
  readonly rules: readonly RuleModel[];
  /** Hands over what a rule's target gets; throws when the target is neither a function nor a queue. */
  readonly deliver: (targetArn: string, event: unknown) => void;
  /** Whether there is such a function or queue. */
  readonly isTarget: (arn: string) => boolean;
  /** After how many milliseconds an event is delivered, once for each copy; each event once and at once without it. */
  readonly deliveriesOf?: (event: EventBridgeEvent) => readonly number[];
}

const FIRST_FIRING_MS = 1_000;
const DEFAULT_BUS = 'default';
const AT_ONCE = [0];

interface LiveRule {
  readonly model: RuleModel;
  readonly matches: EventPattern;
}

interface LiveSchedule {
  readonly model: RuleModel;
  readonly periodMs: number;
}

/** Throws `TemplateError` for a pattern, schedule or target that it cannot execute. */
export function createEventBridge(options: EventBridgeOptions): EventBridge {
  const { rules, schedules } = compileRules(options);
  const names = new Map(options.buses.flatMap(({ name, arn }) => [[name, name] as const, [arn, name] as const]));
  names.set(DEFAULT_BUS, DEFAULT_BUS);
  const timers = new Set<NodeJS.Timeout>();

  const fire = (rule: RuleModel, event: EventBridgeEvent): void => {
    for (const { arn, input } of rule.targets) options.deliver(arn, input === undefined ? event : JSON.parse(input));
  };
  const deliver = (bus: string, event: EventBridgeEvent): void => {
    for (const { model, matches } of rules) if (model.bus === bus && matches(event)) fire(model, event);
  };
  const publish = (bus: string, event: EventBridgeEvent): void => {
    for (const ms of options.deliveriesOf?.(event) ?? AT_ONCE) {
      if (ms === 0) deliver(bus, event);
      else {
        const late = setTimeout(() => {
          timers.delete(late);
          deliver(bus, event);
        }, ms);
        timers.add(late);
      }
    }
  };
  const fireSchedule = ({ model }: LiveSchedule): void =>
    fire(
      model,
      makeEvent({
        source: 'aws.events',
        detailType: 'Scheduled Event',
        detail: {},
        resources: [model.arn],
        time: new Date(),
      }),
    );

  return {
    service: {
      name: 'events',
      protocol: 'json1.1',
      operations: ['PutEvents'],
      async call({ operation, input }) {
        if (operation !== 'PutEvents') {
          throw new AwsError(
            'UnknownOperationException',
            `EventBridge of the local cloud has PutEvents, not ${operation}`,
          );
        }
        return putEvents(input, (nameOrArn, event) => {
          const bus = names.get(nameOrArn);
          if (bus !== undefined) publish(bus, event);
          return bus !== undefined;
        });
      },
    },
    emit: (event) => publish(DEFAULT_BUS, event),
    startSchedules() {
      for (const schedule of schedules) {
        const first = setTimeout(() => {
          timers.delete(first);
          fireSchedule(schedule);
          timers.add(setInterval(() => fireSchedule(schedule), schedule.periodMs));
        }, FIRST_FIRING_MS);
        timers.add(first);
      }
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

function compileRules({ file, buses, rules, isTarget }: EventBridgeOptions) {
  const live: LiveRule[] = [];
  const schedules: LiveSchedule[] = [];
  for (const model of rules) {
    const fail = (problem: string, cause?: unknown) =>
      new TemplateError(`${file}: resource ${model.logicalId} (AWS::Events::Rule, rule ${model.name}): ${problem}`, {
        cause,
      });
    if (model.bus !== DEFAULT_BUS && !buses.some(({ name }) => name === model.bus)) {
      throw fail(`the template has no event bus ${model.bus}`);
    }
    for (const { arn, input } of model.targets) {
      if (!isTarget(arn)) throw fail(`target ${arn} is neither a function nor a queue of the template`);
      if (input !== undefined && !isJson(input)) throw fail(`the Input of target ${arn} is not JSON`);
    }
    try {
      const matches = model.pattern === undefined ? undefined : compileEventPattern(model.pattern);
      const periodMs = model.schedule === undefined ? undefined : parseRate(model.schedule);
      if (!model.enabled) continue;
      if (matches !== undefined) live.push({ model, matches });
      if (periodMs !== undefined) schedules.push({ model, periodMs });
    } catch (error) {
      if (error instanceof PatternError) throw fail(`EventPattern: ${error.message}`, error);
      throw fail(error instanceof Error ? error.message : String(error), error);
    }
  }
  return { rules: live, schedules };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
