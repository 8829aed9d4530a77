import type { Dialect, Emit, RankReader } from '../event.js';
import { maybeNumber } from '../numbers.js';
import { createEpochTracker, levels } from './epoch-tracker.js';
import type { Pair } from './figures.js';
import { readFigures } from './figures.js';

/**
 * fairseq: `… | INFO | train | {"epoch": 1, "train_loss": "19.351", …}` with `--log-format json`, and the simple form
 * `epoch 001:    100 / 500 loss=9.1, ppl=…`, `epoch 001 | loss 9.1 | …`, `epoch 001 | valid on 'valid' subset | loss 8.2 | …`.
 */
export const fairseq: Dialect = {
  name: 'fairseq',
  signatures: [
    { pattern: /\| (?:train|valid\w*|train_inner) \| (?:\{"epoch": |epoch \d{3})/g, weight: 100 },
    { pattern: /fairseq(?:_cli)?\.\w+|\| epoch \d{3} \|/g, weight: 20 },
  ],
  updates: 'last',
  reader: createFairseqReader,
};

function createFairseqReader(): RankReader {
  const tracker = createEpochTracker();

  const readRecord = (record: FairseqRecord, emit: Emit): void => {
    tracker.begin(record.epoch, emit);
    const figures = readFigures(record.pairs, emit);
    const level =
      record.kind === 'train' ? levels.summary : record.kind === 'valid' ? levels.validation : levels.training;
    tracker.record({ level, figures, isLast: false, ...record.at }, emit);
  };

  return {
    line({ text, terminated }, emit) {
      if ((text.match(/epoch \d{3,}|\{"epoch": /g)?.length ?? 0) > 1) {
        emit({ kind: 'doubt', what: 'two records in one line' });
        return true;
      }
      const record = parseJson(text) ?? parseSimple(text, terminated);
      if (record === 'cut') {
        emit({ kind: 'doubt', what: 'a record that ends in a figure may be cut' });
        return true;
      }
      if (record !== undefined) {
        readRecord(record, emit);
        return true;
      }
      const begun = /begin training epoch (\d+)$/.exec(text);
      if (begun && terminated) {
        tracker.begin(Number(begun[1]), emit);
        return true;
      }
      const done = /done training in ([\d.]+) seconds/.exec(text);
      if (done) {
        emit({ kind: 'total_time', seconds: Number(done[1]) });
        emit({ kind: 'end', status: 'completed', reason: null });
        return true;
      }
      if (/early stop since valid performance hasn't improved/.test(text)) {
        emit({ kind: 'early_stop', epoch: tracker.epoch });
        return true;
      }
      return /begin validation on |end of epoch \d+ \(average/.test(text);
    },
  };
}

interface FairseqRecord {
  readonly epoch: number;
  readonly kind: 'train' | 'valid' | 'progress';
  readonly pairs: readonly Pair[];
  readonly at: { readonly step?: number; readonly steps?: number };
}

function parseJson(text: string): FairseqRecord | undefined {
  const match = /(?:^|\| )(\w+) \| (\{"epoch": .*\})\s*$/.exec(text);
  if (!match) return undefined;
  const [, tag = '', json = ''] = match;
  let parsed: unknown;
  try {
    parsed = JSON.parse(json.replaceAll(/: (NaN|-?Infinity)(?=[,}])/g, ': "$1"'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const pairs = Object.entries(parsed).map(([name, value]): Pair => [name, String(value)]);
  const epoch = maybeNumber(pairs[0]?.[1] ?? '');
  if (epoch === undefined || !Number.isInteger(epoch) || epoch < 1) return undefined;
  if (tag === 'train') return { epoch, kind: 'train', pairs: withoutCounters(pairs, 'train_'), at: {} };
  // The running figures have plain names; beside the epoch's own they are the training's.
  if (tag === 'train_inner')
    return { epoch, kind: 'progress', pairs: prefixed('train_', withoutCounters(pairs, '')), at: {} };
  return { epoch, kind: 'valid', pairs: withoutCounters(pairs, `${tag}_`), at: {} };
}

function parseSimple(text: string, terminated: boolean): FairseqRecord | 'cut' | undefined {
  const running = /(?:^|\| )epoch (\d{3,}): +(\d+) \/ (\d+) (\S+=.*)$/.exec(text);
  if (running) {
    if (!terminated) return 'cut';
    const pairs = (running[4] ?? '').split(/, */).map((part): Pair => {
      const [name = '', value = ''] = part.split('=');
      return [name, value.split(' ')[0] ?? ''];
    });
    const at = { step: Number(running[2]), steps: Number(running[3]) };
    return { epoch: Number(running[1]), kind: 'progress', pairs: prefixed('train_', withoutCounters(pairs, '')), at };
  }
  const summary = /(?:^|\| )epoch (\d{3,}) \| (?:valid on '(\w+)' subset \| )?(\w+ .*)$/.exec(text);
  if (!summary) return undefined;
  if (!terminated) return 'cut';
  const [, epoch, subset, rest = ''] = summary;
  const pairs = rest.split(/ \| */).map((part): Pair => {
    const [name = '', value = ''] = part.trim().split(/\s+/);
    return [name, value];
  });
  const prefix = subset === undefined ? 'train_' : `${subset}_`;
  const kind = subset === undefined ? 'train' : 'valid';
  return { epoch: Number(epoch), kind, pairs: prefixed(prefix, withoutCounters(pairs, '')), at: {} };
}

function prefixed(prefix: string, pairs: readonly Pair[]): Pair[] {
  return pairs.map(([name, value]) => [name.startsWith(prefix) ? name : prefix + name, value]);
}

/** fairseq's own counters and timers, under the prefix of their subset. */
function withoutCounters(pairs: readonly Pair[], prefix: string): Pair[] {
  return pairs.filter(([name]) => !counters.has(name.startsWith(prefix) ? name.slice(prefix.length) : name));
}

const counters = new Set(
  'epoch update num_updates wps ups wpb bsz gnorm clip oom gb_free train_wall wall loss_scale seconds total'.split(' '),
);
