import { escapeText } from '../../escape-text.js';
import type { Finding } from './finding.js';

/** Findings under the heading of what they are about. */
export type Section = readonly [heading: string, findings: readonly Finding[]];

const marks = { ok: '✓', warn: '!', fail: '✗' } as const;
const colours = { ok: '32', warn: '33', fail: '31' } as const;

export interface TextOptions {
  readonly isColoured: boolean;
  /** Of the terminal, in characters. */
  readonly width: number;
  /** The user's home folder, shown as `~`. */
  readonly home: string | undefined;
}

/** A line for each finding, and below it what to do where something is amiss; wrapped to the width of the terminal. */
export function doctorText(sections: readonly Section[], { isColoured, width, home }: TextOptions): string {
  const paint = (code: string, text: string): string => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text);
  const atHome = (text: string): string => (home ? text.replaceAll(`${home}/`, '~/') : text);
  const all = sections.flatMap(([, findings]) => findings);
  const indent = Math.max(...all.map(({ topic }) => topic.length)) + 6;
  const wrapped = (text: string, first: string): string[] =>
    wrap(escapeText(atHome(text)), Math.max(40, width - indent)).map(
      (line, i) => (i === 0 ? first : ' '.repeat(indent)) + line,
    );
  const lines = sections.flatMap(([heading, findings]) => [
    paint('1', heading),
    ...findings.flatMap(({ level, topic, text, advice }) => {
      const [line = '', ...more] = wrapped(text, '');
      const mark = paint(colours[level], marks[level]);
      return [
        `  ${mark} ${topic.padEnd(indent - 4)}${line}`,
        ...more,
        ...(advice === null ? [] : wrapped(`→ ${advice}`, ' '.repeat(indent)).map((each) => paint('2', each))),
      ];
    }),
    '',
  ]);
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n${summary(all, paint)}\n`;
}

function summary(all: readonly Finding[], paint: (code: string, text: string) => string): string {
  const count = (level: Finding['level']): number => all.filter((finding) => finding.level === level).length;
  const [warnings, failures] = [count('warn'), count('fail')];
  const amiss = [
    failures > 0 ? paint(colours.fail, `${failures} ${failures === 1 ? 'failure' : 'failures'}`) : '',
    warnings > 0 ? paint(colours.warn, `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`) : '',
  ].filter((part) => part !== '');
  return amiss.length === 0
    ? paint(colours.ok, `all ${all.length} are well`)
    : `${amiss.join(', ')}, ${count('ok')} well`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
