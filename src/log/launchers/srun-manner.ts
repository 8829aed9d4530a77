/** Tells from the head of a log whether srun ran with --unbuffered, which says nowhere so. */

/** A heterogeneous job's tasks have the number of their component in front: `P1  3: `. */
export const srunLabel = /(?:P(?<component>\d{1,3}) )? *(?<rank>\d{1,6}): /;

/** slurmstepd reads and sends at most this much at once. */
export const cutBytes = 1024;
export const carriageReturn = 13;

export interface SrunManner {
  /** Pieces of lines are lines of the log. */
  readonly isUnbuffered: boolean;
  /** Whether a task's program prints word by word. */
  readonly isWordwise: (task: number) => boolean;
  /** The manner, for people and to compare. */
  readonly words: string;
}

/** A heterogeneous job's tasks are numbered from here times their component's number. */
export const componentBase = 1_000_000;

const fewest = 3;

/** How srun wrote a log, from its first bytes (as latin1). */
export function detectSrunManner(head: string): SrunManner {
  const pieces = piecesOf(head);
  // Behind a full message a line goes on in either manner.
  const telling = pieces.filter(({ before }) => before?.length !== cutBytes);
  const count = (holds: (piece: Piece) => boolean): number => telling.filter(holds).length;
  const byTask = new Map<string, Piece[]>();
  for (const piece of telling) {
    const own = byTask.get(piece.task);
    if (own) own.push(piece);
    else byTask.set(piece.task, [piece]);
  }
  const isUnbuffered =
    [telling, ...byTask.values()].some((own) => areMany(own, endsWord)) ||
    // Nothing but the way back to the line's beginning, unless all lines end so.
    (count(({ text }) => /^\x08*\r$/.test(text)) >= fewest &&
      count(({ text }) => text.endsWith('\r')) < pieces.length / 2) ||
    // Keras writes a bar's figures apart.
    count(({ text }) => text.startsWith(' - ETA: ')) >= fewest ||
    // A bar goes on behind a callback's line too, which may be as wide by chance.
    count(({ text, before = '' }) => /^[\x08\r]/.test(before) && overwrites(text, before)) >= fewest ||
    count(({ returns }) => returns >= fewest) > 0 ||
    hasCuts(pieces);
  if (!isUnbuffered) return { isUnbuffered, isWordwise: () => false, words: 'by lines' };
  const areWords = (own: readonly Piece[]): boolean => areMany(own, endsWord) || areMany(own, beginsWord);
  if (areWords(telling)) return { isUnbuffered, isWordwise: () => true, words: 'unbuffered, word by word' };
  const some = new Set([...byTask].flatMap(([label, own]) => (areWords(own) ? [numberOf(label)] : [])));
  const words = `unbuffered${some.size > 0 ? `, word by word by tasks ${[...some].join(' ')}` : ''}`;
  return { isUnbuffered, isWordwise: (task) => some.has(task), words };
}

function areMany(pieces: readonly Piece[], holds: (piece: Piece) => boolean): boolean {
  return pieces.filter(holds).length > Math.max(fewest, pieces.length / 5);
}

/** Bars are filled up with blanks too, but are seldom one word. */
function endsWord({ text }: Piece): boolean {
  return /^[^\r]*[^\r ] $/.test(text);
}

function beginsWord({ text }: Piece): boolean {
  return /^ \S*$/.test(text);
}

/** The number of a task, of its label. */
export function numberOf(label: string): number {
  const groups = new RegExp(`^${srunLabel.source}`).exec(label)?.groups;
  return Number(groups?.component ?? 0) * componentBase + Number(groups?.rank);
}

interface Piece {
  readonly task: string;
  readonly text: string;
  /** The text of the task's piece before. */
  readonly before: string | undefined;
  /** So many pieces of the task on end, this one the last, begin with a carriage return and have no other. */
  readonly returns: number;
  /** It fills a block together with lines before it, without a newline of its own. */
  readonly isFull: boolean;
  /** The same task printed the line before it. */
  readonly isNext: boolean;
}

function piecesOf(head: string): Piece[] {
  const label = new RegExp(`^${srunLabel.source}`);
  const last = new Map<string, Piece>();
  const pieces: Piece[] = [];
  let present = '';
  let lengths: number[] = [];
  for (const line of head.split('\n').slice(0, -1)) {
    const task = label.exec(line)?.[0] ?? '';
    const isNext = task === present;
    if (!isNext) lengths = [];
    present = task;
    if (task === '') continue;
    const text = line.slice(task.length);
    const before = last.get(task);
    // A line that moves the cursor up has a newline of its program's behind it: bars inside bars.
    const isUpdate = text.lastIndexOf('\r') === 0 && text.length > 1 && !text.endsWith('\x1b[A');
    const returns = isUpdate ? (before?.returns ?? 0) + 1 : 0;
    const isFull = text.length < cutBytes && blockSum(lengths, text.length, cutBytes) === cutBytes;
    const piece = { task, text, before: before?.text, returns, isFull, isNext };
    lengths.push(text.length + 1);
    last.set(task, piece);
    pieces.push(piece);
  }
  return pieces;
}

/**
 * Whether blocks end in the middle of lines: full ones behind which a line begins as hardly any other does; one is enough
 * where its end looks like no other line either.
 */
function hasCuts(pieces: readonly Piece[]): boolean {
  const starts = tally(pieces.map(({ text }) => lineStart(text)));
  const shapes = tally(pieces.map(({ text }) => lineShape(text)));
  const tasks = new Set(pieces.map(({ task }) => task)).size;
  const isRare = (text: string): boolean => (starts.get(lineStart(text)) ?? 0) <= Math.max(2, tasks);
  const cuts = pieces.filter(({ text, isNext }, at) => isNext && pieces[at - 1]?.isFull && isRare(text));
  const isOdd = cuts.some(
    ({ text, before = '' }) =>
      /^\d+$/.test(text) || (/^[^A-Z\r\x08]/.test(text) && shapes.get(lineShape(before)) === 1),
  );
  return cuts.length >= Math.max(isOdd ? 1 : 2, pieces.length / 300);
}

function tally(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** What a line begins with, whatever its numbers are. */
export function lineStart(text: string): string {
  return text.replace(/\d+/g, '0').slice(0, 4);
}

/** What a line looks like, whatever its numbers are. */
export function lineShape(text: string): string {
  return text.trimEnd().replace(/\d+/g, '0').replace(/ +/g, ' ');
}

/** Whether a piece that begins with backspaces overwrites a text: as many as the text is wide, without the blanks that filled it up. */
export function overwrites(piece: string, text: string): boolean {
  const backspaces = /^\x08+/.exec(piece)?.[0].length ?? 0;
  const shown = text.slice(text.lastIndexOf('\r') + 1).replace(/\x1b\[[\d;]*m/g, '');
  // Of a character in UTF-8 only the first byte counts.
  const width = (part: string): number => part.replace(/[\x80-\xbf]/g, '').length;
  return backspaces > 0 && backspaces <= width(shown) && backspaces >= width(shown.trimEnd());
}

/**
 * Whether a piece, behind lines of such lengths of the same task, may have been the last of a block; where slurmstepd's ring
 * buffer begins anew, a block has a byte less.
 */
export function endsBlock(lengths: readonly number[], length: number): boolean {
  return blockSum(lengths, length, cutBytes) === cutBytes || blockSum(lengths, length, cutBytes - 1) === cutBytes - 1;
}

/** The bytes of lines on end that reach a size, or what there are. */
function blockSum(lengths: readonly number[], length: number, size: number): number {
  let sum = length;
  for (let at = lengths.length - 1; at >= 0 && sum < size; at -= 1) sum += lengths[at] as number;
  return sum;
}
