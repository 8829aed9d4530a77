/** Regular expressions of users, by an engine whose time grows with the length of the line and with nothing else. */
import { RE2JS, RE2JSException } from 're2js';

/** A compiled pattern in RE2's syntax: as in most languages, but without look-around and back-references. */
export interface LinearPattern {
  /** Names of its groups, `(?P<name>…)` or `(?<name>…)`, in order. */
  readonly groups: readonly string[];
  /** The groups that took part in the first match in `text`, and where the match ends; undefined without a match. */
  match(text: string): LinearMatch | undefined;
}

export interface LinearMatch {
  readonly groups: ReadonlyMap<string, string>;
  readonly end: number;
  /** Behind its beginning, the pattern matches once more, with its first group elsewhere: two records in one text. */
  readonly isRepeated: boolean;
}

/** Longest part of a line that a user's pattern is tried on. */
const maxLength = 16 * 1024;

/** Compiles a pattern; throws an Error that says in one line what is wrong with it. */
export function compilePattern(source: string): LinearPattern {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source);
  } catch (error) {
    if (error instanceof RE2JSException)
      throw new Error(error.message.replace(/^error parsing regexp: /, ''), { cause: error });
    throw error;
  }
  const groups = Object.keys(compiled.namedGroups());
  return {
    groups,
    match(text) {
      const matcher = compiled.matcher(text.slice(0, maxLength));
      if (!matcher.find()) return undefined;
      const found = new Map<string, string>();
      for (const name of groups) {
        const value = matcher.group(name);
        if (value !== null) found.set(name, value);
      }
      const end = matcher.end();
      const [first] = groups;
      const firstAt = first === undefined ? -1 : matcher.start(first);
      const isRepeated = first !== undefined && matcher.find(matcher.start() + 1) && matcher.start(first) !== firstAt;
      return { groups: found, end, isRepeated };
    },
  };
}
