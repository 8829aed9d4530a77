/**
 * Takes off what stands around a launcher's output: a log service's prefixes, colours and escapes, Docker's cuts, XML.
 * Everything behind this sees the bytes that the launcher wrote.
 */

/** One layer around a log. */
interface Wrapper {
  /** Matches a line, with its newline in front, that has the layer. */
  readonly mark: RegExp;
  /** A text that every match holds; the pattern is only tried where it occurs. */
  readonly hint: string;
  /** Share of the lines that must have it. */
  readonly share: number;
  /** What the layer holds of one line (bytes as latin1, without its newline). */
  readonly open: (line: string) => Opened;
}

interface Opened {
  readonly text: string;
  /** false: the newline behind the line is the layer's own. */
  readonly isEnded: boolean;
}

/** A line may be this long before it is handed on in parts. */
const holdBytes = 4 * 1024 * 1024;
/** Docker's json-file and containerd cut what they log after this many bytes. */
const dockerBytes = 16_384;

const wrappers: readonly Wrapper[] = [
  // Open MPI --xml, and Open MPI 5 --output xml: into the tags that --tag-output writes.
  {
    mark: /(?:^|\n)<(?:stdout|stderr|stddiag)(?: jobid="\d+")? rank="\d+"/g,
    hint: ' rank="',
    share: 0.5,
    open: openXml,
  },
  // Amazon CloudWatch's view of a container.
  { mark: /(?:^|\n)\x1b\[3\dm/g, hint: '\x1b[3', share: 0.3, open: openCloudWatch },
  // docker compose: `algo-1  |` in a colour.
  {
    mark: /(?:^|\n)\x1b\[\d+m[\w.-]+ +\|\x1b\[0m ?/g,
    hint: '|\x1b[0m',
    share: 0.5,
    open: dropping(/^\x1b\[\d+m[\w.-]+ +\|\x1b\[0m ?/),
  },
  // Kubernetes (CRI) files, and `kubectl logs --timestamps`; P marks a part of a line.
  {
    mark: /(?:^|\n)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}(?:Z|[-+]\d\d:\d\d) /g,
    hint: 'T',
    share: 0.9,
    open: (line) => {
      const match = /^\S+ (?:(?:stdout|stderr) ([FP]) )?/.exec(line);
      return { text: line.slice(match?.[0].length ?? 0), isEnded: match?.[1] !== 'P' };
    },
  },
  // Apache Airflow: `[2021-05-14 19:43:45,087] {bash.py:173} INFO - `.
  {
    mark: /(?:^|\n)\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] \{[^}\n]*\} [A-Z]+ - /g,
    hint: '} INFO - ',
    share: 0.5,
    open: dropping(/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] \{[^}\n]*\} [A-Z]+ - /),
  },
];

/** Opens wrapped bytes as they come; a line that is not whole yet is kept for the next call. */
export interface Unwrapper {
  /** The bytes inside, and pairs: position in them, byte offset in the log. */
  feed(bytes: Buffer, offset: number, final: boolean): { readonly bytes: Buffer; readonly marks: readonly number[] };
}

/** The layer around a log, told from its first bytes (as latin1); undefined for a plain log. */
export function detectWrapper(head: string): (() => Unwrapper) | undefined {
  const lines = head.match(/\n[^\n]/g)?.length ?? 0;
  const found = wrappers.find(({ mark, hint, share }) => {
    if (!head.includes(hint)) return false;
    const count = head.match(mark)?.length ?? 0;
    return count >= Math.max(2, share * lines);
  });
  return found && (() => unwrapper(found));
}

/** The byte offset in the log of a position among unwrapped bytes. Marks are in order, and looked for from behind: a line ends near what was read last. */
export function offsetByMarks(marks: readonly number[], position: number): number {
  let at = marks.length - 2;
  while (at > 0 && (marks[at] as number) > position) at -= 2;
  return at < 0 ? position : (marks[at + 1] as number) + position - (marks[at] as number);
}

/** Marks of what is left when the first `done` bytes have gone. */
export function dropMarks(marks: readonly number[], done: number): number[] {
  const kept: number[] = [];
  for (let i = 0; i < marks.length; i += 2) {
    const next = marks[i + 2] ?? Number.POSITIVE_INFINITY;
    if (next > done) kept.push((marks[i] as number) - done, marks[i + 1] as number);
  }
  return kept;
}

function unwrapper(wrapper: Wrapper): Unwrapper {
  let rest = '';
  let restOffset = 0;
  return {
    feed(bytes, offset, final) {
      const text = rest + bytes.toString('latin1');
      let start = 0;
      const base = rest === '' ? offset : restOffset;
      const parts: string[] = [];
      const marks: number[] = [];
      let length = 0;
      const add = (line: string, at: number, newline: string): void => {
        const { text: inside, isEnded } = wrapper.open(line);
        marks.push(length, base + at);
        parts.push(inside, isEnded ? newline : '');
        length += inside.length + (isEnded ? newline.length : 0);
      };
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        add(text.slice(start, end), start, '\n');
        start = end + 1;
      }
      if ((final && start < text.length) || text.length - start > holdBytes) {
        add(text.slice(start), start, '');
        start = text.length;
      }
      rest = text.slice(start);
      restOffset = base + start;
      return { bytes: Buffer.from(parts.join(''), 'latin1'), marks };
    },
  };
}

function dropping(prefix: RegExp): (line: string) => Opened {
  return (line) => ({ text: line.replace(prefix, ''), isEnded: true });
}

function openCloudWatch(line: string): Opened {
  const colour = /(?:^|\.)\x1b\[3\dm/.exec(line);
  const inside = line.slice(colour ? colour.index + colour[0].length : 0).replace(/\x1b\[0m$/, '');
  // Its agent writes control characters in octal, rsyslog's way.
  const text = inside.replace(/#(0[0-3][0-7])/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  return { text, isEnded: text.length !== dockerBytes };
}

function openXml(line: string): Opened {
  const element = /^<(stdout|stderr|stddiag)(?: jobid="(\d+)")? rank="(\d+)"[^>]*>(.*)<\/\1>$/.exec(line);
  if (!element) return { text: line, isEnded: true };
  const [, stream, job, rank, content = ''] = element;
  const text = content
    .replace(/&#(\d{1,3});/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return { text: `[${job ?? '1'},${rank}]<${stream}>:${text}`, isEnded: false };
}
