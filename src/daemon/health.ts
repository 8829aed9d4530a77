/** What is amiss, the gravest first: what comes later may only follow from it. */

const gravest = ['ROOT_STALLED', 'ROOT_MISSING', 'DB_DEGRADED', 'OUTPUT_STALE', 'WATCH_LIMITED'];

/** The sentences of a session's flags. */
export function troublesOf(health: ReadonlyMap<string, string>): string[] {
  const rank = (flag: string): number => (gravest.includes(flag) ? gravest.indexOf(flag) : gravest.length);
  return [...health].sort(([a], [b]) => rank(a) - rank(b)).map(([, sentence]) => sentence);
}
