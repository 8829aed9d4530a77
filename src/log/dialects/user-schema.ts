import { z } from 'zod';
import { compilePattern } from '../../linear-pattern.js';

/** What a line of a log can be, and which groups its pattern must have for that. */
export const lineKinds = {
  /** An epoch's own record. */
  epoch: [['figures']],
  /** The validation of the epoch under way. */
  validation: [['figures']],
  /** Progress within an epoch. */
  step: [['figures']],
  /** An epoch begins. */
  begin: [['epoch']],
  plan: [['epochs'], ['steps']],
  ranks: [['ranks']],
  totalTime: [['seconds'], ['minutes'], ['hours']],
  earlyStop: [],
  completed: [],
  failed: [],
  killed: [],
  diverged: [],
  /** Known, and of no interest. */
  ignore: [],
} as const;
export type LineKind = keyof typeof lineKinds;

/** Groups that are no metrics. */
export const reservedGroups: ReadonlySet<string> = new Set(
  'epoch epochs step steps ranks seconds minutes hours seconds_per_step reason figures validation name value'.split(
    ' ',
  ),
);

const kinds = Object.keys(lineKinds).filter((kind): kind is LineKind => kind in lineKinds);

const line = z
  .strictObject(
    {
      is: z.enum(kinds, { error: `expected one of ${kinds.join(', ')}` }),
      pattern: text('expected a regular expression'),
      contains: text('expected a text that the line must contain').optional(),
      prefix: text('expected a prefix for the names, such as val_').optional(),
      names: z
        .record(z.string(), text('expected the name of a metric'), {
          error: 'expected a mapping of printed names to names of metrics',
        })
        .default({}),
      figures: z
        .strictObject(
          {
            between: text('expected the text between two figures, such as "|"'),
            within: text('expected the text between a name and its figure, such as ":"'),
            only: names().optional(),
            without: names().default([]),
          },
          { error: 'expected a mapping with between and within' },
        )
        .optional(),
    },
    { error: 'expected a mapping with is and pattern' },
  )
  .superRefine(checkGroups);

/** A user's dialect, as its YAML file says it. */
export const userDialectSchema = z.strictObject(
  {
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,39}$/, { error: 'expected a short name in small letters, such as my-trainer' }),
    signatures: z
      .array(signature(), { error: 'expected a list of texts that only this trainer prints' })
      .min(1, { error: 'expected at least one text that only this trainer prints' }),
    epochsFrom: z.literal([0, 1, 'auto'], { error: 'expected 0, 1 or auto' }).default('auto'),
    lines: z.array(line, { error: 'expected a list of lines' }).min(1, { error: 'expected at least one line' }),
  },
  { error: 'expected a mapping with name, signatures and lines' },
);
export type UserDialect = z.infer<typeof userDialectSchema>;
export type UserLine = UserDialect['lines'][number];

function checkGroups(spec: { is: LineKind; pattern: string; figures?: unknown }, context: z.RefinementCtx): void {
  let groups: readonly string[];
  try {
    groups = compilePattern(spec.pattern).groups;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    context.addIssue({
      code: 'custom',
      path: ['pattern'],
      message: `expected a regular expression in RE2's syntax: ${message}`,
    });
    return;
  }
  const has = (name: string): boolean => groups.includes(name);
  const metrics = groups.filter((name) => !reservedGroups.has(name));
  const hasFigures =
    metrics.length > 0 || (has('figures') && spec.figures !== undefined) || (has('name') && has('value'));
  const needed: readonly (readonly string[])[] = lineKinds[spec.is];
  const isEnough =
    needed.length === 0 || needed.some((names) => names.every((name) => (name === 'figures' ? hasFigures : has(name))));
  if (!isEnough) {
    const wanted = needed
      .map((names) => (names[0] === 'figures' ? 'a metric, name and value, or figures' : names.join(' and ')))
      .join(' or ');
    context.addIssue({
      code: 'custom',
      path: ['pattern'],
      message: `expected a group for ${wanted}, as (?P<${needed[0]?.[0] === 'figures' ? 'loss' : needed[0]?.[0]}>…)`,
    });
  }
  if (has('figures') !== (spec.figures !== undefined)) {
    context.addIssue({
      code: 'custom',
      path: ['figures'],
      message: 'expected both a group figures in the pattern and how to split it, or neither',
    });
  }
}

/** A text, or a text and what a match of it weighs against those of other dialects. */
function signature() {
  const error = 'expected a text that only this trainer prints';
  const weight = z.number({ error: 'expected a positive number' }).positive({ error: 'expected a positive number' });
  return z
    .union([text(error), z.strictObject({ text: text(error), weight })], { error })
    .transform((value) => (typeof value === 'string' ? { text: value, weight: 100 } : value));
}

function text(error: string) {
  return z.string({ error }).min(1, { error });
}

function names() {
  return z.array(text('expected the name of a figure'), { error: 'expected a list of names of figures' });
}
