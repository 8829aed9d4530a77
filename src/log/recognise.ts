/** What wrote a log, told from its first bytes. */
import { isDeepStrictEqual } from 'node:util';
import { detectDialect, isBinary } from './detect.js';
import { dialects } from './dialects/index.js';
import { shippedDialects } from './dialects/shipped.js';
import type { Dialect } from './event.js';
import { customLauncher, detectLauncher, type Launcher, launcherNamed } from './launchers/index.js';
import type { ParseOptions } from './parse-log.js';
import { type LogSource, readPart } from './source.js';
import { Unweaver } from './unweave.js';
import { detectLayers, type Layers } from './unwrap.js';

export interface Recognised {
  readonly launcher: Launcher;
  readonly dialect: Dialect | undefined;
  /** What a log service put around the log, if anything. */
  readonly layers: Layers | undefined;
  readonly isBinary: boolean;
  /** More bytes will not change any of it. */
  readonly isSettled: boolean;
}

/** Launcher and dialect are told from this much of the log, or from the first part of this size that tells. */
export const headBytes = 256 * 1024;

/** Looks at the head of a log; throws the file system's errors. */
export function recognise(source: LogSource, options: ParseOptions): Recognised {
  const head = readPart(source, 0, headBytes);
  const layers = detectLayers(head.toString('latin1'));
  const inside = layers ? layers.unwrapper().feed(head, 0, true).bytes : head;
  const text = inside.toString('latin1');
  const launcher = options.rankPrefix
    ? customLauncher(options.rankPrefix)
    : options.launcher
      ? launcherNamed(options.launcher, text, options.rank)
      : detectLauncher(text, options.rank);
  const candidates = [...(options.dialects ?? []), ...dialects, ...shippedDialects()];
  const { dialect, isWhole } = findDialect(source, inside, launcher, head.length === headBytes, candidates);
  return { launcher, dialect, layers, isBinary: isBinary(head), isSettled: isWhole };
}

/** Whether a second look came to another result. */
export function isOther(one: Recognised, two: Recognised): boolean {
  return (
    one.launcher.name !== two.launcher.name ||
    one.launcher.manner !== two.launcher.manner ||
    one.dialect !== two.dialect ||
    one.isBinary !== two.isBinary ||
    !isDeepStrictEqual(one.layers?.wrappers, two.layers?.wrappers)
  );
}

/** The dialect of the first part of the log that shows one; `isWhole`: that part will not change any more. */
function findDialect(
  source: LogSource,
  head: Buffer,
  launcher: Launcher,
  isHeadWhole: boolean,
  candidates: readonly Dialect[],
): { dialect: Dialect | undefined; isWhole: boolean } {
  let part = head.toString('latin1');
  let isWhole = isHeadWhole;
  for (let at = 0; ; ) {
    const dialect = at === 0 ? dialectOfHead(head, launcher, candidates) : detectDialect(part, candidates);
    if (dialect || !isWhole) return { dialect, isWhole };
    at += headBytes;
    part = readPart(source, at, headBytes).toString('latin1');
    isWhole = part.length === headBytes;
  }
}

/** The dialect of a log's head, in which the launcher's tags and cuts may stand in the midst of what tells it. */
export function dialectOfHead(head: Buffer, launcher: Launcher, candidates: readonly Dialect[]): Dialect | undefined {
  const text = head.toString('latin1');
  const untagged = launcher.anywhere ? text.replace(launcher.anywhere, '') : text;
  return detectDialect(untagged, candidates) ?? detectDialect(unwoven(head, launcher), candidates);
}

/** The lines of a log's head, each put together from its pieces (as latin1). */
function unwoven(head: Buffer, launcher: Launcher): string {
  const lines: string[] = [];
  const unweaver = new Unweaver({ updates: 'all', onLine: (_, { bytes }) => lines.push(bytes.toString('latin1')) });
  const splitter = launcher.splitter(unweaver, () => ({ bytes: Buffer.alloc(0), isWhole: true }));
  splitter.split({ bytes: head, from: 0, to: head.length, locate: (position) => position, final: true });
  return lines.join('\n');
}
