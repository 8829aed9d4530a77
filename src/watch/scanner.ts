/**
 * Looks at the root, one look after the other, with synchronous calls. Meant for a process of its own: a server that does
 * not answer blocks it for good, and only killing it helps. Names come before stats, and nothing is ever deleted or
 * followed on suspicion: what cannot be seen is said to be unobservable.
 */

import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { readMirrors } from '../mounts.js';
import { bytesOfPath, textOfPath } from '../path-text.js';
import { readFingerprint, withLog } from './identity.js';
import { createNameSorter } from './layout.js';
import type { Answer, Look, Observation, ScanSettings } from './look.js';
import { ownerName } from './owner.js';
import { type RootState, readBells, readRoot } from './root-folder.js';
import { NotALog, troubleOf } from './trouble.js';

/** The calls of `node:fs` that looks are made of. */
export interface FileCalls {
  lstat(path: string | Buffer): Stats;
  stat(path: string | Buffer): Stats;
  /** Names only: with file types Node asks for each entry where the file system does not tell, and fails as a whole if one vanishes. */
  readNames(path: string | Buffer): string[];
  realPath(path: string | Buffer): string;
}

export type Scanner = (look: Look) => Answer;

/** How old the kernel's list of mounts may be, which touches no disk: for what may be new, and for all else. */
const mirrorsAgeMs = { new: 1000, known: 60_000 };
/** A listing is an open and at least two reads of the folder. */
const listingOps = 3;

/** Makes a scanner. `nowMs` is any monotonic clock. */
export function createScanner(
  settings: ScanSettings,
  { calls = realCalls, nowMs = () => performance.now() }: { calls?: FileCalls; nowMs?: () => number } = {},
): Scanner {
  const sortNames = createNameSorter(settings);
  let root: RootState = { realPath: settings.root, owner: -1, clockMs: null };
  /** What is mounted a second time below the root, and when that was read. */
  let mirrors: ReturnType<typeof readMirrors> = new Map();
  let mirrorsMs = Number.NEGATIVE_INFINITY;
  let ops = 0;

  const observe = (look: Look): Observation => {
    switch (look.kind) {
      case 'root': {
        ops += 4;
        const read = readRoot(settings, look.mayMark, nowMs);
        root = read.state;
        return read.observation;
      }
      case 'bells':
        ops += 1;
        return readBells(settings.root);
      case 'folder':
        return observeFolder(look.path, look.knownMtimeMs);
      case 'log':
        return observeLog(look.path);
      case 'fingerprints':
        ops += 1 + 2 * look.sizesBytes.length;
        return withLog(realOf(look.path), (fd) => {
          const fingerprints = look.sizesBytes.map((sizeBytes) => readFingerprint(fd, sizeBytes));
          return { kind: 'fingerprints', path: look.path, fingerprints };
        });
    }
  };

  const observeFolder = (path: string, knownMtimeMs: number | null): Observation => {
    requireNoMirror(path, knownMtimeMs === null ? mirrorsAgeMs.new : mirrorsAgeMs.known);
    const full = bytesOfPath(absolute(path));
    let stats = path === '' ? statOnce(full) : lstatOnce(full);
    if (stats.isSymbolicLink()) {
      const target = targetOf(path);
      stats = statOnce(full);
      if (stats.isDirectory() && target !== undefined) throw new NotALog(`a link to ${target || 'the root'}`);
    }
    if (!stats.isDirectory()) return { kind: 'other', path, is: 'file' };
    if (path !== '') requireTrusted(stats.uid);
    const seen = { kind: 'folder', path, mtimeMs: stats.mtimeMs, ...ageOf(stats) } as const;
    if (stats.mtimeMs === knownMtimeMs) return { ...seen, names: null };
    ops += listingOps;
    const all = calls.readNames(full);
    const names = sortNames(all.map(textOfName));
    const markerAges = names.markers.map((name) => markerAgeMs(absolute(`${path}/${name}`)));
    const listed = { ...seen, names, entries: all.length };
    return markerAges.length === 0 ? listed : { ...listed, markerAgeMs: Math.min(...markerAges) };
  };

  const observeLog = (path: string): Observation => {
    requireNoMirror(path, mirrorsAgeMs.known);
    const full = bytesOfPath(absolute(path));
    let stats = lstatOnce(full);
    let target: string | undefined;
    if (stats.isSymbolicLink()) {
      target = targetOf(path);
      stats = statOnce(full);
    }
    if (stats.isDirectory()) return { kind: 'other', path, is: 'folder' };
    if (!stats.isFile()) throw new NotALog('not a regular file');
    requireTrusted(stats.uid);
    const seen = { sizeBytes: stats.size, mtimeMs: stats.mtimeMs, ino: stats.ino, ...ageOf(stats) };
    return { kind: 'log', path, ...seen, ...(target !== undefined && { target }) };
  };

  const absolute = (path: string): string => (path === '' ? settings.root : `${settings.root}/${path}`);
  const lstatOnce = (full: string | Buffer): Stats => {
    ops += 1;
    return calls.lstat(full);
  };
  const statOnce = (full: string | Buffer): Stats => {
    ops += 1;
    return calls.stat(full);
  };

  /** What a link leads to, relative to the root; undefined where it leads out of it and that is allowed. */
  const targetOf = (path: string): string | undefined => {
    const real = realOf(path);
    if (real === root.realPath) return '';
    if (real.startsWith(`${root.realPath}/`)) return real.slice(root.realPath.length + 1);
    if (!settings.followExternalLinks) throw new NotALog('link leaves root');
    return undefined;
  };

  const realOf = (path: string): string => {
    ops += 1;
    return calls.realPath(bytesOfPath(absolute(path)));
  };

  const requireNoMirror = (path: string, ageMs: number): void => {
    if (nowMs() - mirrorsMs >= ageMs) {
      mirrors = readMirrors(root.realPath);
      mirrorsMs = nowMs();
    }
    for (const [mirror, shown] of mirrors) {
      if (path !== mirror && !path.startsWith(`${mirror}/`)) continue;
      throw new NotALog(`in a mount that shows ${shown || 'the root'} again`);
    }
  };

  const requireTrusted = (uid: number): void => {
    if (settings.trustOwners === '*' || settings.trustOwners.includes(uid)) return;
    if (uid !== process.getuid?.() && uid !== root.owner) throw new NotALog(`owner ${ownerName(uid)}`);
  };

  const ageOf = (stats: Stats): { ageMs?: number } =>
    root.clockMs === null ? {} : { ageMs: Math.round(nowMs() + root.clockMs - stats.mtimeMs) };

  const markerAgeMs = (marker: string): number => {
    try {
      return ageOf(lstatOnce(bytesOfPath(marker))).ageMs ?? 0;
    } catch {
      return 0;
    }
  };

  return (look) => {
    ops = 0;
    try {
      return { observation: observe(look), ops };
    } catch (error) {
      const path = 'path' in look ? look.path : '';
      return { observation: { kind: 'trouble', of: look.kind, path, trouble: troubleOf(error) }, ops };
    }
  };
}

function textOfName(latin1: string): string {
  return /^[\x20-\x5B\x5D-\x7E]*$/.test(latin1) ? latin1 : textOfPath(Buffer.from(latin1, 'latin1'));
}

/** The calls of the real file system. */
export const realCalls: FileCalls = {
  lstat: (path) => lstatSync(path),
  stat: (path) => statSync(path),
  readNames: (path) => readdirSync(path, { encoding: 'latin1' }),
  // Only the native one takes a path as bytes.
  realPath: (path) => textOfPath(realpathSync.native(path, { encoding: 'buffer' })),
};
