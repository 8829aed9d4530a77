/** The table of launchers: how each is recognised in the head of a log, and how its output is split. */
import type { LauncherName } from '../../experiment.js';
import { compilePattern } from '../../linear-pattern.js';
import { maybeRankNumber } from '../numbers.js';
import { localBase } from '../rank-numbers.js';
import { bracketTagSplitter } from './bracket-tags.js';
import { type FindPrefix, linePrefixSplitter } from './line-prefix.js';
import { mpiTagSplitter } from './mpi-tags.js';
import type { SplitterFactory } from './splitter.js';
import { srunSplitter } from './srun.js';
import { componentBase, detectSrunManner, srunLabel } from './srun-manner.js';

export interface Launcher {
  readonly name: LauncherName;
  /** Matches a line (with its newline in front) that only this launcher writes. */
  readonly tag: RegExp;
  /**
   * Share of the lines from the first tagged one to the last that must have it. 0: one tag is proof enough, since nobody
   * else prints it; a short prefix needs more.
   */
  readonly share: number;
  /** What `share` is a share of, in place of lines: matches of this. */
  readonly among?: RegExp;
  /** Less than that share will do where the tags have the numbers from 0 on, several times each. */
  readonly isNumbered?: boolean;
  /** So many tags there must be at least; 2 where absent. */
  readonly least?: number;
  readonly splitter: SplitterFactory;
  /** Matches a tag wherever it stands. */
  readonly anywhere?: RegExp;
  /** A rank may be named by two numbers: the first of them times this, and the second. */
  readonly pairBase?: number | undefined;
  /** The same number may be that of several ranks: of one on each node, or, in an elastic run, of one after another. */
  readonly sharesNumbers?: boolean;
  /** How the launcher wrote a log, from its first bytes, where it can do so in several manners. */
  readonly inManner?: (head: string) => Pick<Launcher, 'splitter' | 'manner' | 'pairBase'>;
  /** That manner, for people and to compare. */
  readonly manner?: string;
}

const time = '(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4})';
const stream = '<(?:stdout|stderr|stddiag)>:';
const ofLine = (pattern: string): RegExp => new RegExp(`(?:^|\\n)${pattern}`, 'g');

const mpiTag = new RegExp(`(?:${time})?\\[[\\w.,:@-]+\\](?:\\[[^\\]\\s]*\\])?${stream}`, 'g');

export const launchers: readonly Launcher[] = [
  {
    name: 'sagemaker',
    anywhere: mpiTag,
    tag: ofLine(`\\[\\d+,mpirank:\\d+(?:,algo-\\d+)?\\]${stream}`),
    share: 0,
    splitter: mpiTagSplitter({ atLineStartOnly: false, blankBehind: false }),
  },
  {
    name: 'prrte',
    anywhere: mpiTag,
    tag: ofLine(
      `(?:(?:${time}|\\[${time}\\])?\\[(?:[\\w.-]+@)?\\d+,\\d+\\](?:\\[[^\\]\\s]*:\\d+\\])?|(?:\\[${time}\\])?\\[\\d+\\])${stream} `,
    ),
    // Open MPI 4 prints the same tag, and a blank behind it where a bar's own padding follows: there other tags have none.
    share: 0.99,
    least: 1,
    among: ofLine(`(?:${time}|\\[${time}\\])?\\[(?:[\\w.-]+@)?(?:\\d+,)?\\d+\\](?:\\[[^\\]\\s]*:\\d+\\])?${stream}`),
    splitter: mpiTagSplitter({ atLineStartOnly: true, blankBehind: true }),
  },
  {
    name: 'openmpi',
    anywhere: mpiTag,
    tag: ofLine(`${time}?\\[\\d+,\\d+\\]${stream}`),
    share: 0,
    splitter: mpiTagSplitter({ atLineStartOnly: false, blankBehind: false }),
  },
  {
    name: 'horovodrun',
    anywhere: mpiTag,
    tag: ofLine(`${time}?\\[\\d+\\]${stream}`),
    share: 0,
    sharesNumbers: true,
    splitter: mpiTagSplitter({ atLineStartOnly: false, blankBehind: false }),
  },
  {
    name: 'torchrun',
    // The default, and `[default0|3]:` by --log-line-prefix-template, whose second number is that among all ranks.
    tag: ofLine('\\[[A-Za-z_]{1,40}(?:\\d{1,6}\\|)?\\d{1,9}\\]:'),
    share: 0.5,
    sharesNumbers: true,
    splitter: torchrunSplitter(localBase),
    pairBase: localBase,
    inManner: (head) =>
      /(?:^|\n)\[[A-Za-z_]{1,40}\d{1,6}\|/.test(head)
        ? { splitter: torchrunSplitter(), manner: 'by numbers among all', pairBase: undefined }
        : { splitter: torchrunSplitter(localBase) },
  },
  {
    name: 'mpich',
    tag: ofLine('\\[\\d{1,6}\\] '),
    share: 0.8,
    splitter: bracketTagSplitter({ tag: /\[(?<rank>\d{1,6})\] /, tagBytes: 9, isUnmistakable: false }),
  },
  {
    name: 'srun',
    tag: ofLine(srunLabel.source),
    isNumbered: true,
    pairBase: componentBase,
    share: 0.8,
    splitter: srunSplitter(detectSrunManner('')),
    inManner: (head) => {
      const manner = detectSrunManner(head);
      return { splitter: srunSplitter(manner), manner: manner.words };
    },
  },
];

/** `pairBase`: absent where the tags' numbers are those among all ranks. */
function torchrunSplitter(pairBase?: number): SplitterFactory {
  return bracketTagSplitter({
    tag: /\[(?<name>[A-Za-z_]{1,40})(?:\d{1,6}\|)?(?<rank>\d{1,9})\]:/,
    tagBytes: 62,
    isUnmistakable: true,
    pairBase,
  });
}

/** Stands for what a user's prefix names, where that is no rank. */
const noRank = -1;

/** No tag at all: every line is of one rank. */
function untagged(rank = 0): Launcher {
  return { name: 'none', tag: /$^/g, share: 1, sharesNumbers: true, splitter: linePrefixSplitter({ rank }) };
}

/** A launcher whose prefix the user describes; the pattern's group `rank` holds the number. */
export function customLauncher(prefix: string): Launcher {
  const pattern = compilePattern(`^(?:${prefix})`);
  const find: FindPrefix = (line) => {
    const match = pattern.match(line);
    const rank = match?.groups.get('rank');
    return match && rank !== undefined
      ? { rank: maybeRankNumber(rank.trim() || undefined) ?? noRank, length: match.end }
      : undefined;
  };
  return { name: 'custom', tag: /(?!)/, share: 0, splitter: linePrefixSplitter({ prefix: find }) };
}

/** A launcher that the user names; `head`: the log's first bytes, as latin1. */
export function launcherNamed(name: LauncherName, head: string, rank?: number): Launcher {
  const launcher = launchers.find((launcher) => launcher.name === name);
  return launcher ? inItsManner(launcher, head) : untagged(rank);
}

/** Which launcher wrote a log, from its first bytes (as latin1); without tags all of it is of one rank. */
export function detectLauncher(head: string, rank?: number): Launcher {
  for (const launcher of launchers) {
    const matches = [...head.matchAll(launcher.tag)];
    const first = matches[0];
    if (!first) continue;
    if (launcher.share === 0 || matches.length >= leastTags(launcher, head, matches))
      return inItsManner(launcher, head);
  }
  return untagged(rank);
}

/** Why the records of a log whose ranks share a number are nobody's. */
export function mixedNote({ name }: Pick<Launcher, 'name'>): string {
  return name === 'none'
    ? 'several ranks wrote this log without rank tags: whose record is whose cannot be known'
    : 'several ranks wrote this log under the same number: whose record is whose cannot be known';
}

function inItsManner(launcher: Launcher, head: string): Launcher {
  return { ...launcher, ...launcher.inManner?.(head) };
}

/** How many tags prove a launcher. Behind its last tagged line a launcher may say at length how the run ended. */
function leastTags(
  { among, isNumbered, share, least = 2 }: Launcher,
  head: string,
  tags: readonly RegExpExecArray[],
): number {
  if (among) return Math.max(least, share * (head.match(among)?.length ?? 0));
  const countLines = (part: string): number => part.match(/\n[^\n]/g)?.length ?? 0;
  const frame = countLines(head.slice(tags[0]?.index, (tags.at(-1)?.index ?? 0) + 1));
  // A few lines of a program's own may look tagged, even one after the other.
  const needed = isNumbered && countThrough(tags) ? share * looseShare : share;
  return Math.max(least, needed * frame, Math.min(20, countLines(head) / 3));
}

const looseShare = 0.75;

/** Whether tags name at least four ranks, all from 0 on, and each of them several times. */
function countThrough(tags: readonly RegExpExecArray[]): boolean {
  const counts = new Map<number, number>();
  for (const { groups } of tags) counts.set(Number(groups?.rank), (counts.get(Number(groups?.rank)) ?? 0) + 1);
  return (
    counts.size >= 4 && Math.max(...counts.keys()) === counts.size - 1 && [...counts.values()].every((n) => n >= 3)
  );
}
