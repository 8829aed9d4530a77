/** Counts tests from what ava prints, and decides which skips are allowed. Pure. */

/**
 * @typedef {{ kind: 'passed' | 'failed' | 'skipped', title: string }} TestLine
 * @typedef {{ passed: number, failed: number, skipped: number, messages: string[] }} Verdict
 */

/**
 * One line of ava's own reporter → the test it tells of; undefined for all other lines.
 * A file that crashes or times out has such a line too, and counts as a failure.
 * @param {string} text
 * @returns {TestLine | undefined}
 */
export function parseTestLine(text) {
  const match = /^ {2}([✔√✘×-]) (\[[a-z ]+\]:? )?(.*)$/u.exec(text.replaceAll(/\u001b\[[\d;]*m/g, ''));
  if (match === null) return undefined;
  const [, mark = '', label = '', title = ''] = match;
  if (mark === '-') return label.startsWith('[skip]') ? { kind: 'skipped', title } : undefined;
  return { kind: mark === '✔' || mark === '√' ? 'passed' : 'failed', title };
}

/**
 * `TITLE | REASON` lines → title to reason; '#' opens a comment.
 * @param {string} text
 * @returns {Map<string, string>}
 */
export function parseAllowedSkips(text) {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [title = '', reason = ''] = line.split('|').map((part) => part.trim());
      if (reason === '') throw new Error(`test/allowed-skips.txt: expected 'TITLE | REASON', got '${line}'`);
      return [title, reason];
    }),
  );
}

/**
 * The counts, and what must be said about them. Where `isStrict`, a skip without a reason on the list is a failure.
 * @param {TestLine[]} lines
 * @param {{ hasFailed: boolean, isClean: boolean, isStrict: boolean, allowedSkips: Map<string, string> }} facts
 * @returns {Verdict}
 */
export function judge(lines, { hasFailed, isClean, isStrict, allowedSkips }) {
  /** @param {TestLine['kind']} kind */
  const count = (kind) => lines.filter((line) => line.kind === kind).length;
  const skips = lines.filter((line) => line.kind === 'skipped').map((line) => line.title);
  const forbidden = isStrict ? skips.filter((title) => !isAllowed(title, allowedSkips)) : [];
  const messages = forbidden.map((title) => `skipped, but not listed in test/allowed-skips.txt: ${title}`);
  let failed = count('failed') + forbidden.length;
  if (!isClean) {
    messages.push('the linter found faults (see above)');
    failed += 1;
  }
  if (hasFailed && count('failed') === 0) {
    messages.push('the test run failed as a whole (see above)');
    failed += 1;
  }
  if (lines.length === 0) {
    messages.push('no test ran');
    failed = Math.max(failed, 1);
  }
  return { passed: count('passed'), failed, skipped: skips.length - forbidden.length, messages };
}

/**
 * A title is preceded by its file's name where several files run.
 * @param {string} title
 * @param {Map<string, string>} allowedSkips
 */
function isAllowed(title, allowedSkips) {
  return [...allowedSkips.keys()].some((allowed) => title === allowed || title.endsWith(` › ${allowed}`));
}
