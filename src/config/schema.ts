import { z } from 'zod';
import { launcherNames } from '../experiment.js';
import { parsePattern } from '../hyperparameters/pattern.js';
import { compilePattern } from '../linear-pattern.js';

/**
 * Every option with its default. config/default.yaml says the same to people, with a comment on each;
 * docs/configuration.md explains them. An option's error text completes "expected …, got …".
 */
export const configSchema = z.strictObject(
  {
    root: pathOption().nullable().default(null),
    stateDir: pathOption().nullable().default(null),
    shareGroup: text('expected the name of a group').nullable().default(null),
    outputs: group({
      dir: pathOption().nullable().default(null),
      package: yesOrNo().default(true),
      report: yesOrNo().default(true),
      csv: yesOrNo().default(true),
      workbook: yesOrNo().default(true),
      results: yesOrNo().default(true),
    }).prefault({}),
    logPatterns: z
      .array(text('expected a pattern such as "*.log"'), { error: 'expected a list such as ["*.log"]' })
      .min(1, { error: 'expected at least one pattern' })
      .default(['*.log', '*.out', '*.o[0-9]*']),
    depth: wholeNumber(1, 10).default(3),
    hyperparameters: group({
      patterns: z
        .array(namePattern(), { error: 'expected a list of patterns such as ["key=value,key=value"]' })
        .default(['key=value,key=value', 'key_value_value-key_value']),
      file: fileName().nullable().default(null),
      names: z
        .record(z.string(), text('expected what the name stands for, such as "learning rate"'), {
          error: 'expected a mapping of names to what they stand for',
        })
        .default({
          ppn: 'processes per socket',
          cps: 'cores per process',
          intra: 'intra thread',
          inter: 'inter thread',
          bt: 'blocktime',
          img: 'training images',
          lr: 'learning rate',
          learning_rate: 'learning rate',
          mom: 'momentum',
          momentum: 'momentum',
          bs: 'batch size',
          batch_size: 'batch size',
          dpout: 'dropout',
          dropout: 'dropout',
          np: 'total processes',
        }),
      splitLists: z
        .array(text('expected the name of a setting such as "dpout"'), {
          error: 'expected a list of settings such as ["dpout"]',
        })
        .default([]),
    }).prefault({}),
    repeatKeys: z
      .array(text('expected the name of a setting such as "seed"'), { error: 'expected a list such as ["seed"]' })
      .default(['seed', 'random_seed', 'run', 'rep', 'repeat', 'trial']),
    nodes: namePattern().nullable().default('experiments_{nodes}_nodes'),
    objective: group({
      metric: text('expected the name of a metric such as "val_accuracy"').nullable().default(null),
      direction: oneOf(['max', 'min']).nullable().default(null),
    }).prefault({}),
    customMetric: text('expected the name of a metric such as "dsc"').nullable().default(null),
    launcher: oneOf(['auto', ...launcherNames]).default('auto'),
    rankPrefix: rankPrefix().nullable().default(null),
    dialects: z.array(pathOption(), { error: 'expected a list of YAML files that describe dialects' }).default([]),
    steps: group({
      enabled: yesOrNo().default(false),
      maxPoints: wholeNumber(1, 100_000).default(200),
    }).prefault({}),
    finished: group({
      settleSeconds: seconds(0, 3600).nullable().default(null),
      quietSeconds: seconds(0, 604_800).nullable().default(null),
      markers: z
        .array(text('expected a file name such as ".done"'), { error: 'expected a list such as [".done"]' })
        .default(['.done', 'DONE', 'tlw.done']),
    }).prefault({}),
    watch: group({
      opsPerSecond: positive().nullable().default(null),
      burstOps: positive().nullable().default(null),
      sweepOpsPerSecond: positive().nullable().default(null),
      rootSeconds: seconds(1, 86_400).nullable().default(null),
      growingMinSeconds: seconds(1, 86_400).nullable().default(null),
      growingMaxSeconds: seconds(1, 86_400).nullable().default(null),
      recentSeconds: seconds(10, 604_800).nullable().default(null),
      oldSeconds: seconds(10, 604_800).nullable().default(null),
      doorbellSeconds: seconds(1, 3600).default(5),
      progressSeconds: seconds(1, 86_400).nullable().default(null),
      events: yesOrNo().nullable().default(null),
      queue: yesOrNo().default(true),
      marker: yesOrNo().nullable().default(null),
      followExternalLinks: yesOrNo().default(false),
      trustOwners: z
        .array(text('expected the name of a user, or "*"'), { error: 'expected a list such as ["ada"]' })
        .default([]),
    }).prefault({}),
    notify: group({
      command: z
        .array(text('expected a text'), { error: 'expected a list such as ["mail-me.sh", "--short"]' })
        .min(1, { error: 'expected at least the name of a program' })
        .nullable()
        .default(null),
      events: z
        .array(oneOf(['nan', 'completed', 'stalled', 'failed', 'killed']), {
          error: 'expected a list such as [nan, failed]',
        })
        .default(['nan', 'stalled', 'failed', 'killed']),
      timeoutSeconds: seconds(1, 600).default(30),
    }).prefault({}),
    log: group({
      level: oneOf(['error', 'warn', 'info', 'debug']).default('info'),
      format: oneOf(['auto', 'text', 'systemd', 'json']).default('auto'),
    }).prefault({}),
  },
  { error: 'expected a mapping of options to values' },
);

export type Config = z.output<typeof configSchema>;

/** Options whose value is a path, relative to the file that says it, or to the current folder. */
export const pathOptions: readonly string[] = ['root', 'stateDir', 'outputs.dir', 'dialects'];

/** Options that hold names of the user's own: each entry is merged and has an origin by itself. */
export const openOptions: readonly string[] = ['hyperparameters.names'];

/** A mapping within the config. */
function group<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: 'expected a mapping of options to values' });
}

function text(error: string) {
  return z.string({ error }).min(1, { error });
}

function pathOption() {
  return text('expected a path');
}

function fileName() {
  const error = 'expected a file name within the experiment, such as "config.yaml"';
  return text(error).refine((name) => !name.startsWith('/') && !name.split('/').includes('..'), { error });
}

function namePattern() {
  return text('expected a pattern').superRefine((pattern, context) => {
    try {
      parsePattern(pattern);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });
}

function rankPrefix() {
  const error = 'expected a regular expression with a group "rank", such as "^worker (?<rank>\\\\d+): "';
  return text(error).superRefine((source, context) => {
    try {
      if (!compilePattern(source).groups.includes('rank')) context.addIssue({ code: 'custom', message: error });
    } catch (problem) {
      const reason = problem instanceof Error ? problem.message : String(problem);
      context.addIssue({ code: 'custom', message: `${error}, in RE2's syntax: ${reason}` });
    }
  });
}

function yesOrNo() {
  return z.boolean({ error: 'expected true or false' });
}

function wholeNumber(min: number, max: number) {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

function positive() {
  const error = 'expected a number above 0';
  return z.number({ error }).positive({ error });
}

function seconds(min: number, max: number) {
  const error = `expected a number of seconds from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, { error: `expected one of ${names.join(', ')}` });
}
