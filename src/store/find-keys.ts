/** Finds experiments by what people type of their names. */

import { perStore, type Store } from './store.js';

const statements = perStore((connection) =>
  [
    'key = @text',
    'name = @text',
    'substr(name, 1, length(@text)) = @text',
    'instr(key, @text) > 0',
    "instr(@text, '*') > 0 AND key GLOB '*' || @text || '*'",
  ].map((condition) =>
    connection
      .prepare<{ text: string }, string>(`SELECT key FROM experiments WHERE ${condition} ORDER BY +key`)
      .pluck(),
  ),
);

/** Keys of the experiments that a text means best: those of that key or name, else those that begin with it, else contain it. */
export function findKeys(store: Store, text: string): string[] {
  for (const statement of statements(store)) {
    const keys = statement.all({ text });
    if (keys.length > 0) return keys;
  }
  return [];
}

/** The names of all experiments, by key. */
export function readNames(store: Store): string[] {
  return store.connection.prepare<[], string>('SELECT name FROM experiments ORDER BY key').pluck().all();
}

/** Distinct names that begin with a text, else the only one that contains it, else none. */
export function findCompletions(store: Store, text: string): string[] {
  const select = (condition: string): string[] =>
    store.connection
      .prepare<{ text: string }, string>(`SELECT DISTINCT name FROM experiments WHERE ${condition} ORDER BY name`)
      .pluck()
      .all({ text });
  const beginning = select('substr(name, 1, length(@text)) = @text');
  const containing = beginning.length > 0 ? [] : select('instr(name, @text) > 0');
  return containing.length === 1 ? containing : beginning;
}
