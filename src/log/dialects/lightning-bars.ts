import type { Pair } from './figures.js';
import { parseTqdm } from './tqdm.js';

/** What one bar of Lightning's shows. */
export interface LightningBar {
  readonly kind: 'epoch' | 'validation' | 'other';
  readonly style: 'tqdm' | 'rich';
  /** As printed, from 0; 0 where the bar is not an epoch's. */
  readonly epoch: number;
  /** The last epoch planned, from 0, where printed. */
  readonly lastEpoch: number | null;
  readonly step: number;
  readonly total: number | null;
  /** Of Lightning before 2: the total of an epoch's bar counts the steps of its validation too. */
  readonly isOldStyle: boolean;
  readonly figures: readonly Pair[];
  /** The name that a rich bar's line ends with: its figure was wrapped into the next line. */
  readonly openName: string | null;
}

export interface LightningTexts {
  readonly bars: readonly LightningBar[];
  /** What is no bar: messages, which are glued to an unfinished bar. */
  readonly messages: readonly string[];
}

/** The bars and messages of one text. */
export function parseBars(text: string): LightningTexts {
  const rich = parseRich(text);
  if (rich) return rich;
  const { bars, rest } = parseTqdm(text);
  const messages: string[] = [];
  const parsed = bars.map((bar): LightningBar => {
    const epoch = /(?:^|[^\w])?Epoch (\d+):?$/.exec(bar.before);
    const validation = epoch ? null : /Validat(?:ion|ing)(?: DataLoader \d+)?:?$/.exec(bar.before);
    const other =
      epoch || validation
        ? null
        : /(?:Sanity Checking|Training|Testing|Predicting)(?: DataLoader \d+)?:?$/.exec(bar.before);
    const start = (epoch ?? validation ?? other)?.index ?? bar.before.length;
    if (start > 0) messages.push(bar.before.slice(0, start));
    return {
      kind: epoch ? 'epoch' : validation ? 'validation' : 'other',
      style: 'tqdm',
      epoch: Number(epoch?.[1] ?? 0),
      lastEpoch: null,
      step: bar.step,
      total: bar.total,
      isOldStyle: bar.isBare,
      figures: bar.postfix.map(([name, value]) => [name, unpadded(value)]),
      openName: null,
    };
  });
  if (rest.trim() !== '') messages.push(rest);
  return { bars: parsed, messages };
}

/** Lightning pads what tqdm prints to five characters, `nan` and `inf` too. */
function unpadded(text: string): string {
  return /^[-+]?(?:nan|inf)\.0*$/.test(text) ? text.replace(/\.0*$/, '') : text;
}

/** `Epoch 0/3  ━━━━ 20/20 0:00:00 • 0:00:00 705.53it/s val_loss: 0.710 val_acc: 0.830`, with a message behind it. */
function parseRich(text: string): LightningTexts | undefined {
  const match = text.includes(' • ') ? richBar.exec(text) : null;
  if (!match) return undefined;
  const [whole, description = '', epoch, last, step, total] = match;
  const behind = text.slice(match.index + whole.length);
  const messageAt = messageStart.exec(behind)?.index ?? behind.length;
  const message = behind.slice(messageAt);
  const before = text.slice(0, match.index);
  // A message that begins in the middle of a word may have taken that figure's last digits away.
  const column = behind.slice(0, messageAt);
  const words = parseRichWords(message === '' ? column : column.replace(/\S+$/, ''), null);
  const figures = { figures: words?.pairs ?? [], openName: words?.openName ?? null };
  return {
    bars: [
      {
        kind: epoch !== undefined ? 'epoch' : /^Validation/.test(description) ? 'validation' : 'other',
        style: 'rich',
        epoch: Number(epoch ?? 0),
        lastEpoch: last === undefined || Number(last) < 0 ? null : Number(last),
        step: Number(step),
        total: total === '--' || total === undefined ? null : Number(total),
        isOldStyle: false,
        ...figures,
      },
    ],
    messages: [before, message].filter((part) => part.trim() !== ''),
  };
}

const richBar =
  /(?:^|(?<=\s|[.!'"\])]))(Epoch (\d+)(?:\/(-?\d+))?|Validation|Sanity Checking|Testing|Predicting)(?: DataLoader \d+)? +[━╸╺─ -]* *(\d+)\/(\d+|--) +[\d:-]+ • [\d:-]+ +\d[\d.]*it\/s/;
const messageStart =
  /(?:\[rank: \d+\] )?(?:Metric \S+ improved|Monitored metric |Epoch \d+, (?:global )?step |`Trainer\.|(?:Stopping|Divergence) threshold|Trainer was signaled|(?:\/[\w.-]+)+\.py:\d+: )/;

/** The words of a column of rich figures, `a: 1 b: 2`, as far as they stand in one line. */
export interface RichWords {
  readonly pairs: readonly Pair[];
  /** A name whose figure was wrapped into the next line. */
  readonly openName: string | null;
}

/** Names and figures in turn, beginning with a figure where a name is open; undefined where a word was broken in two. */
export function parseRichWords(text: string, openName: string | null): RichWords | undefined {
  const pairs: Pair[] = [];
  let name = openName;
  for (const word of text.split(/\s+/)) {
    if (word === '') continue;
    const isName = word.length > 1 && word.endsWith(':');
    if (isName !== (name === null)) return undefined;
    if (name === null) {
      name = word.slice(0, -1);
    } else {
      pairs.push([name, word]);
      name = null;
    }
  }
  return { pairs, openName: name };
}
