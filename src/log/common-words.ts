/** What a line must hold to tell an end or a fact: all lines that no dialect knows are looked through for it, and few have any. */
import { createWordFinder } from './word-finder.js';

const endWords = [
  ...['Error', 'error', 'ERROR', 'Killed', 'killed', 'KILLED', 'KILLING', 'Signal', 'signal', 'SIG'],
  ...['ABORT', 'Abort', 'abort', 'Terminat', 'terminat', 'TERM', 'CANCELLED', 'Exit', 'exit', 'EXIT'],
  ...['Oom', 'oom', 'Out Of Memory', 'out of memory', 'Segmentation', 'core dumped', 'Fatal', 'fatal'],
  ...['Interrupt', 'interrupt', 'shut down', 'Successfully completed', 'FAILED', 'Root Cause', 'rank  '],
  ...['Process name', 'not enough slots', 'bad_alloc', 'noticed'],
  ...['finished', 'complete', 'done', 'ended'].flatMap((end) => [`raining ${end}`, `raining is ${end}`]),
  ...['inished', 'one'].flatMap((end) => [`${end} Training`, `${end} training`]),
];

const lists = {
  traceback: ['Traceback', 'File "', 'Exception ', 'Error in atexit', '--- Logging'],
  end: endWords,
  host: ['host', 'Host', 'HOST', 'node', 'Node', 'Rank', 'rank'],
  job: ['JOB', 'Job'],
  worldSize: ['world', 'World', 'WORLD', 'nranks', 'hvd.size'],
  totalTime: ['Train', 'train', 'TRAIN', 'Finished', 'finished'],
} as const;

export type CommonWord = keyof typeof lists;

const kinds = Object.keys(lists) as CommonWord[];

/** Kinds of words that a line has: the sum of their `bitOf`. */
export const commonWordsIn = createWordFinder(kinds.map((kind) => lists[kind]));

export function bitOf(kind: CommonWord): number {
  return 2 ** kinds.indexOf(kind);
}
