/** The layers that stand around a launcher's output: a log service's prefixes, colours and escapes, Docker's cuts, XML. */

import { lostMark } from './launchers/mpi-tags.js';
import { isSrunAround, openSrun } from './srun-around.js';

/** One layer around a log. */
export interface Wrapper {
  readonly name: string;
  /** Whether a log has the layer, from its first bytes (as latin1) and the number of lines in them. */
  readonly isAround: (head: string, lines: number) => boolean;
  /** Makes what tells of one line after the other (bytes as latin1, without its newline) what the layer holds of it. */
  readonly opener: () => (line: string) => Opened;
}

/** What a line holds: texts, and where in the line each stands. */
export interface Opened {
  readonly parts: readonly { readonly text: string; readonly at: number }[];
  /** false: the newline behind the line is the layer's own. */
  readonly isEnded: boolean;
}

const ctime = String.raw`(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}`;
/** Open MPI 4 prints the first, Open MPI 5 the other. */
const stamp = `(?:${ctime}<std(?:out|err|diag)>:|\\[${ctime}\\]<std(?:out|err|diag)>: ?)`;

/** Docker's json-file and containerd cut what they log after this many bytes. */
const dockerBytes = 16_384;

export const wrappers: readonly Wrapper[] = [
  // Open MPI --xml, and Open MPI 5 --output xml: into the tags that --tag-output writes.
  {
    name: 'xml',
    isAround: marked(
      /(?:^|\n)<(?:stdout|stderr|stddiag)(?: jobid="\d+"| nspace="[^"\n]*")? rank="\d+"/g,
      ' rank="',
      0.5,
    ),
    opener: () => openXml,
  },
  // Open MPI --timestamp-output without --tag-output: a time in front of each chunk, wherever that begins, but no rank.
  {
    name: 'time stamps',
    isAround: marked(new RegExp(`(?:^|\\n)${stamp}`, 'g'), '<std', 0.5),
    opener: () => openStamped,
  },
  // docker compose: `algo-1  |` in a colour, or without one where its output is no terminal.
  {
    name: 'docker compose',
    isAround: marked(/(?:^|\n)\x1b\[\d+m[\w.-]+ +\|\x1b\[0m ?/g, '|\x1b[0m', 0.5),
    opener: dropping(/^\x1b\[\d+m[\w.-]+ +\|\x1b\[0m ?/),
  },
  {
    name: 'docker compose, no colour',
    isAround: marked(/(?:^|\n)[A-Za-z][\w.-]*[-_]\d+ +\| /g, ' | ', 0.9),
    opener: dropping(/^[A-Za-z][\w.-]*[-_]\d+ +\| ?/),
  },
  // Amazon CloudWatch's view of a container.
  {
    name: 'cloudwatch',
    // Some views cut lines, so that only the first part of each has its colour.
    isAround: (head, lines) =>
      marked(/(?:^|\n)\x1b\[3\dm/g, '\x1b[3', 0.3)(head, lines) ||
      (head.includes('\x1b[3') && marked(/#01[05][^\n]*/g, '#01', 0.5)(head, lines)),
    opener: () => openCloudWatch,
  },
  // Kubernetes (CRI) files, and `kubectl logs --timestamps`; P marks a part of a line.
  {
    name: 'kubernetes',
    isAround: marked(/(?:^|\n)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}(?:Z|[-+]\d\d:\d\d) /g, 'T', 0.9),
    opener: () => (line) => {
      const match = /^\S+ (?:(?:stdout|stderr) ([FP]) )?/.exec(line);
      const at = match?.[0].length ?? 0;
      return { parts: [{ text: line.slice(at), at }], isEnded: match?.[1] !== 'P' };
    },
  },
  // Apache Airflow: `[2021-05-14 19:43:45,087] {bash.py:173} INFO - `, since 2.5 with a time zone in place of milliseconds.
  {
    name: 'airflow',
    isAround: marked(/(?:^|\n)\[\d{4}-\d\d-\d\d[ T][\d:,.+]{8,20}\] \{[^}\n]*\} [A-Z]+ - /g, '} INFO - ', 0.5),
    opener: dropping(/^\[\d{4}-\d\d-\d\d[ T][\d:,.+]{8,20}\] \{[^}\n]*\} [A-Z]+ - /),
  },
  // srun --label around torchrun --tee or mpirun.
  { name: 'srun', isAround: isSrunAround, opener: openSrun },
  // docker logs alone: nothing but its cuts.
  {
    name: 'docker',
    isAround: (head) => {
      if (head.length <= dockerBytes) return false;
      const lengths = head.split('\n').map((line) => line.length);
      return lengths.slice(0, -1).includes(dockerBytes) && lengths.every((length) => length <= dockerBytes);
    },
    opener: () => (line) => ({ parts: [{ text: line, at: 0 }], isEnded: line.length !== dockerBytes }),
  },
];

/** A layer whose `mark` so large a share of the lines has; `hint` is a text that every match holds. */
function marked(mark: RegExp, hint: string, share: number): Wrapper['isAround'] {
  return (head, lines) => head.includes(hint) && (head.match(mark)?.length ?? 0) >= Math.max(2, share * lines);
}

function dropping(prefix: RegExp): Wrapper['opener'] {
  return () => (line) => {
    const at = prefix.exec(line)?.[0].length ?? 0;
    return { parts: [{ text: line.slice(at), at }], isEnded: true };
  };
}

function openStamped(line: string): Opened {
  const parts: { text: string; at: number }[] = [];
  let end = 0;
  for (const match of line.matchAll(new RegExp(stamp, 'g'))) {
    if (match.index > end) parts.push({ text: line.slice(end, match.index), at: end });
    end = match.index + match[0].length;
  }
  return { parts: [...parts, { text: line.slice(end), at: end }], isEnded: true };
}

function openCloudWatch(line: string): Opened {
  const colour = /(?:^|\.)\x1b\[3\dm/.exec(line);
  const start = colour ? colour.index + colour[0].length : 0;
  const inside = line.slice(start).replace(/\x1b\[0m$/, '');
  // Its agent writes control characters in octal, rsyslog's way.
  const parts = decoded(inside, start, /#(0[0-3][0-7])/g, (octal) => Number.parseInt(octal, 8));
  return { parts, isEnded: parts.reduce((sum, { text }) => sum + text.length, 0) !== dockerBytes };
}

/**
 * Every chunk of a rank is an element, with escapes for what is no plain text; its newline is one too, and a newline of
 * the layer's own follows that one alone. What stands between elements is the launcher's.
 */
function openXml(line: string): Opened {
  const element = /<(stdout|stderr|stddiag)(?: jobid="(\d+)"| nspace="[^"]*")? rank="(\d+)"[^>]*>([^<]*)(<\/\1>)?/g;
  const parts: { text: string; at: number }[] = [];
  let end = 0;
  /** The tag that a message of the launcher's own needs, so that it is not taken for the rest of a rank's line. */
  let aside = '';
  for (const match of line.matchAll(element)) {
    const [{ length }, stream, job = '1', rank, content = '', closed] = match;
    if (match.index > end) parts.push({ text: `${aside}${line.slice(end, match.index)}\n`, at: end });
    parts.push({ text: `[${job},${rank}]<${stream}>:`, at: match.index });
    parts.push(...decoded(content, match.index + match[0].indexOf('>') + 1, /&(#\d{1,3}|lt|gt|amp);/g, xmlCode));
    end = match.index + length;
    // Open MPI 4 drops the rest of a chunk that gets too long by its escapes, with the end of its element.
    if (closed === undefined) parts.push({ text: `[${job},${rank}]${lostMark}`, at: end });
    aside = content.endsWith('&#010;') ? '' : `[${job},${rank}]<stddiag>:`;
  }
  const rest = line.slice(end);
  if ((rest === '' && end > 0) || /^<\/?mpirun>$/.test(rest)) return { parts, isEnded: false };
  return { parts: [...parts, { text: `${aside}${rest}`, at: end }], isEnded: true };
}

function xmlCode(name: string): number {
  if (name.startsWith('#')) return Number(name.slice(1));
  return name === 'lt' ? 60 : name === 'gt' ? 62 : 38;
}

/** A text that stands at `at` without its escapes; what follows some has a place of its own, so that offsets stay true. */
function decoded(
  text: string,
  at: number,
  escapes: RegExp,
  codeOf: (name: string) => number,
): { text: string; at: number }[] {
  const parts: { text: string; at: number }[] = [];
  let end = 0;
  for (const match of text.matchAll(escapes)) {
    const character = String.fromCharCode(codeOf(match[1] ?? ''));
    const last = parts.at(-1);
    if (match.index === end && last && end > 0) last.text += character;
    else {
      if (match.index > end) parts.push({ text: text.slice(end, match.index), at: at + end });
      parts.push({ text: character, at: at + match.index });
    }
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), at: at + end });
  return parts;
}
