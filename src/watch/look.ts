/** What the scanning process is asked to look at, and what it answers. Everything here passes between processes. */

import type { FolderNames } from './layout.js';
import type { WatchSettings } from './settings.js';
import type { Trouble } from './trouble.js';

/** Paths are relative to the root, as `textOfPath` writes them; '' is the root itself. */
export type Look =
  /** Is the root there, whose is it, what is the file server's time; with `mayMark` its marker is made where it is missing. */
  | { readonly kind: 'root'; readonly mayMark: boolean }
  /** Its mtime; its names too, unless the mtime is the known one. */
  | { readonly kind: 'folder'; readonly path: string; readonly knownMtimeMs: number | null }
  | { readonly kind: 'log'; readonly path: string }
  /** The fingerprints that the log had at these sizes, if it only grew since. */
  | { readonly kind: 'fingerprints'; readonly path: string; readonly sizesBytes: readonly number[] }
  /** The names in the doorbell folder; those that are ours are taken away once read. */
  | { readonly kind: 'bells' };

export type Observation =
  | {
      readonly kind: 'root';
      /** Absolute, links resolved. */
      readonly realPath: string;
      readonly fileSystem: number;
      readonly owner: number;
      readonly marker: 'present' | 'missing' | 'cannot be made';
      readonly hasClock: boolean;
    }
  | {
      readonly kind: 'folder';
      readonly path: string;
      readonly mtimeMs: number;
      /** Time since the folder last changed, by the server's clock. */
      readonly ageMs?: number;
      /** null where the mtime is the known one. */
      readonly names: FolderNames | null;
      /** How many names of whatever kind are in it; only with `names`. */
      readonly entries?: number;
      /** Time since the youngest of the end markers was made. */
      readonly markerAgeMs?: number;
    }
  | {
      readonly kind: 'log';
      readonly path: string;
      readonly sizeBytes: number;
      readonly mtimeMs: number;
      readonly ageMs?: number;
      readonly ino: number;
      /** Where it is a link: what it leads to, relative to the root. */
      readonly target?: string;
    }
  /** The file is there, but is a folder, or the other way round. */
  | { readonly kind: 'other'; readonly path: string; readonly is: 'folder' | 'file' }
  | { readonly kind: 'fingerprints'; readonly path: string; readonly fingerprints: readonly string[] }
  | { readonly kind: 'bells'; readonly names: readonly string[] }
  | { readonly kind: 'trouble'; readonly of: Look['kind']; readonly path: string; readonly trouble: Trouble };

/** An answer, and the metadata operations that it took. */
export interface Answer {
  readonly observation: Observation;
  readonly ops: number;
}

/** What the scanning process must know before its first look. */
export interface ScanSettings
  extends Pick<WatchSettings, 'logPatterns' | 'endMarkers' | 'followExternalLinks' | 'trustOwners' | 'markRoot'> {
  /** Absolute. */
  readonly root: string;
}
