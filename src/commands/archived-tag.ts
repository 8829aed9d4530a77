/** The tag that keeps an experiment out of leaderboards. */
export const archivedTag = 'archived';
