import type { Rank } from '../experiment.js';
import type { StoredExperiment } from '../store/read-experiment.js';
import { exitCodes, UserError } from '../user-error.js';

/** The rank that `--rank` names. */
export function rankOf({ experiment }: StoredExperiment, text: string): Rank {
  const rank = experiment.run.ranks.find((each) => String(each.rank) === text);
  if (rank) return rank;
  const known = experiment.run.ranks.map((each) => each.rank ?? '?').join(', ');
  throw new UserError(`--rank ${text}: expected one of ${known}`, exitCodes.usage);
}
