import { compilePattern, type LinearPattern } from '../../linear-pattern.js';
import type { Emit, RankReader } from '../event.js';
import { isFigureLike, maybeNumber } from '../numbers.js';
import { createEpochTracker, type EpochTracker, type Level, levels } from './epoch-tracker.js';
import { reservedGroups, type UserDialect, type UserLine } from './user-schema.js';

interface Rule extends Omit<UserLine, 'pattern'> {
  readonly pattern: LinearPattern;
}

type Groups = ReadonlyMap<string, string>;

/** A reader of the lines that a user's dialect describes: the first one that fits a line is its meaning. */
export function createUserReader(spec: UserDialect): RankReader {
  const rules: readonly Rule[] = spec.lines.map((line) => ({ ...line, pattern: compilePattern(line.pattern) }));
  const namesEpoch = ({ pattern }: Rule): boolean => pattern.groups.includes('epoch');
  const countsEpochs = rules.some(namesEpoch);
  const tellsBegin = rules.some((rule) => (rule.is === 'begin' || rule.is === 'step') && namesEpoch(rule));
  const tracker = createEpochTracker();
  const readEpoch = createEpochReader(spec.epochsFrom);
  const isRepetition = createRepetitionCheck();
  let how = '';
  /** The run was over, and no epoch has begun since: what stands here is of none. */
  let isOver = false;
  return {
    get how() {
      return how;
    },
    line({ text, terminated }, emit) {
      for (const [index, rule] of rules.entries()) {
        if (rule.contains !== undefined && !text.includes(rule.contains)) continue;
        const match = rule.pattern.match(text);
        if (!match) continue;
        how = `lines[${index}], ${rule.is}`;
        if (!terminated && match.end >= text.length && rule.is !== 'ignore') {
          emit({ kind: 'doubt', what: 'a record at the end of an unfinished line may be cut' });
          return true;
        }
        if (match.isRepeated) {
          emit({ kind: 'doubt', what: 'two records in one line' });
          return true;
        }
        const epoch = readEpoch(match.groups.get('epoch'), emit);
        if (epoch === 'doubtful') return true;
        if (rule.is === 'epoch' && epoch !== null && isRepetition(epoch, match.groups)) return true;
        if (epoch !== null) isOver = false;
        else if (rule.is === 'completed') isOver = countsEpochs;
        if (isOver && ofEpochs.has(rule.is)) return true;
        const say = sayings[rule.is];
        say({ rule, groups: match.groups, text, epoch, tracker, countsEpochs, tellsBegin, emit });
        return true;
      }
      return false;
    },
  };
}

const ofEpochs: ReadonlySet<UserLine['is']> = new Set(['epoch', 'validation', 'step']);

/** Whether an earlier epoch's record is said once more, word for word (the best one, at the end): no step back. */
function createRepetitionCheck(): (epoch: number, groups: Groups) => boolean {
  const said = new Map<number, string>();
  let latest = 0;
  return (epoch, groups) => {
    const text = [...groups].join('\n');
    const isRepeated = epoch < latest && said.get(epoch) === text;
    said.set(epoch, text);
    if (!isRepeated) latest = epoch;
    return isRepeated;
  };
}

interface Said {
  readonly rule: Rule;
  readonly groups: Groups;
  readonly text: string;
  /** From 1; null where the line names none. */
  readonly epoch: number | null;
  readonly tracker: EpochTracker;
  /** Some line of this dialect names epochs; else the whole run is one. */
  readonly countsEpochs: boolean;
  /** Other lines of this dialect tell when an epoch begins. */
  readonly tellsBegin: boolean;
  readonly emit: Emit;
}

const sayings: Readonly<Record<UserLine['is'], (said: Said) => void>> = {
  epoch: (said) => record(said, levels.summary),
  validation: (said) => record(said, levels.validation),
  step: (said) => record(said, levels.training),
  begin({ epoch, tracker, groups, emit }) {
    if (epoch !== null) tracker.begin(epoch, emit, countOf(groups, 'epochs') ?? null);
  },
  plan({ groups, emit }) {
    const epochs = countOf(groups, 'epochs');
    const steps = countOf(groups, 'steps');
    emit({ kind: 'plan', ...(epochs === undefined ? {} : { epochs }), ...(steps === undefined ? {} : { steps }) });
  },
  ranks({ groups, emit }) {
    const ranks = countOf(groups, 'ranks');
    if (ranks !== undefined && ranks > 0) emit({ kind: 'world_size', ranks });
  },
  totalTime({ groups, emit }) {
    const parts = [groups.get('hours'), groups.get('minutes'), groups.get('seconds')].map((part) =>
      maybeNumber(part ?? '0'),
    );
    const [hours, minutes, seconds] = parts;
    if (hours === undefined || minutes === undefined || seconds === undefined) emit({ kind: 'skipped_value' });
    else emit({ kind: 'total_time', seconds: hours * 3600 + minutes * 60 + seconds });
  },
  earlyStop: ({ epoch, tracker, emit }) => emit({ kind: 'early_stop', epoch: epoch ?? tracker.epoch }),
  completed(said) {
    // A run that counts no epochs is one. The one under way ends here; what is told of it is its last word.
    if (!said.countsEpochs || said.tracker.epoch !== null)
      said.tracker.record({ level: levels.summary, figures: new Map(), isLast: true }, said.emit);
    end(said, 'completed');
  },
  failed: (said) => end(said, 'failed'),
  killed: (said) => end(said, 'killed'),
  diverged: (said) => end(said, 'diverged'),
  ignore: () => {},
};

function end({ groups, text, emit }: Said, status: 'completed' | 'failed' | 'killed' | 'diverged'): void {
  const reason = status === 'completed' ? null : (groups.get('reason') ?? text).trim().slice(0, 300);
  emit({ kind: 'end', status, reason });
}

function record(said: Said, level: Level): void {
  const { rule, groups, epoch, tracker, countsEpochs, tellsBegin, emit } = said;
  if (level > levels.training && tellsBegin && epoch !== null && tracker.epoch !== null && epoch < tracker.epoch) {
    // An evaluation that ran beside the training: a late word on an epoch, no step back.
    emit({ kind: 'figures', epoch, figures: figuresOf(rule, groups, emit), final: true, merge: true });
    return;
  }
  if (epoch !== null) tracker.begin(epoch, emit, countOf(groups, 'epochs') ?? null);
  else if (tracker.epoch === null) tracker.begin(1, emit);
  const step = countOf(groups, 'step');
  const steps = countOf(groups, 'steps');
  const isLast = step !== undefined && step === steps;
  const figures = figuresOf(rule, groups, emit);
  // A run that counts no epochs is complete with its last step.
  const itsLevel = isLast && !countsEpochs && level === levels.training ? levels.summary : level;
  tracker.record(
    {
      level: itsLevel,
      figures,
      isLast,
      step,
      steps,
    },
    emit,
  );
  const seconds = maybeNumber(groups.get('seconds') ?? '');
  const secondsPerStep = maybeNumber(groups.get('seconds_per_step') ?? '');
  if (seconds === undefined && secondsPerStep === undefined) return;
  emit({
    kind: 'figures',
    epoch: tracker.epoch,
    figures: new Map(),
    final: itsLevel === levels.summary,
    merge: true,
    ...(seconds === undefined ? {} : { seconds }),
    ...(secondsPerStep === undefined ? {} : { secondsPerStep }),
  });
}

/** The figures of a match: of groups that are metrics, of `name` and `value`, and of a list in `figures`. */
function figuresOf(rule: Rule, groups: Groups, emit: Emit): Map<string, number> {
  const figures = new Map<string, number>();
  const put = (name: string, text: string): void => {
    const value = maybeNumber(text);
    if (value !== undefined) figures.set((rule.prefix ?? '') + name, value);
    else if (isFigureLike(text)) emit({ kind: 'skipped_value' });
  };
  for (const [group, text] of groups) if (!reservedGroups.has(group)) put(rule.names[group] ?? group, text);
  const [name, value] = [groups.get('name'), groups.get('value')];
  if (name !== undefined && value !== undefined) put(rule.names[name] ?? name, value);
  if (rule.figures) {
    const { between, within, only, without } = rule.figures;
    for (const [group, prefix] of [['figures', ''] as const, ['validation', 'val_'] as const]) {
      for (const part of (groups.get(group) ?? '').split(between)) {
        const at = part.indexOf(within);
        if (at < 0) continue;
        const itsName = unquoted(part.slice(0, at));
        if (without.includes(itsName) || (only && !only.includes(itsName))) continue;
        put(prefix + (rule.names[itsName] ?? itsName), unquoted(part.slice(at + within.length)));
      }
    }
  }
  return figures;
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, '$2');
}

function countOf(groups: Groups, name: string): number | undefined {
  const text = groups.get(name);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Epochs counted from 1; a fraction is in the epoch that it leads to, `0.05` in epoch 1. */
function createEpochReader(
  from: UserDialect['epochsFrom'],
): (text: string | undefined, emit: Emit) => number | null | 'doubtful' {
  let base = from === 'auto' ? undefined : Number(from);
  return (text, emit) => {
    if (text === undefined) return null;
    const printed = maybeNumber(text);
    base ??= printed === 0 ? 0 : 1;
    const epoch = printed === undefined ? Number.NaN : Math.ceil(printed) + 1 - base;
    if (Number.isInteger(epoch) && epoch >= 1 && epoch < 2 ** 31) return epoch;
    emit({ kind: 'doubt', what: `an epoch ${text} where they count from ${base}` });
    return 'doubtful';
  };
}
