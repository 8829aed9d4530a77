/** What the watcher and its scanning process say to each other. */

import type { HintSettings } from './hints.js';
import type { Answer, Look, ScanSettings } from './look.js';

export type ToScanner =
  | { readonly kind: 'start'; readonly settings: ScanSettings }
  | { readonly kind: 'look'; readonly looks: readonly Look[] }
  | { readonly kind: 'hints'; readonly settings: HintSettings }
  | { readonly kind: 'folders'; readonly folders: readonly string[] };

export type FromScanner =
  /** It has started; from now on the deadline counts. */
  | { readonly kind: 'up' }
  /** The answers come in the order of the looks. */
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** All looks of a message are answered; CPU seconds that the process has used. */
  | { readonly kind: 'done'; readonly cpuSeconds: number }
  | { readonly kind: 'hints'; readonly hints: readonly { readonly folder: string; readonly name: string | null }[] }
  | { readonly kind: 'bell' }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'limited'; readonly reason: string | null };
