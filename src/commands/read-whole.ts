import { readExperiment, type StoredExperiment } from '../store/read-experiment.js';
import { exitCodes, UserError } from '../user-error.js';
import type { Data } from './data.js';

/** An experiment with its epochs. */
export function readWhole({ store }: Data, key: string): StoredExperiment {
  const stored = readExperiment(store, key);
  if (!stored) throw new UserError(`${key}: it has just been removed from the database`, exitCodes.tryAgain);
  return stored;
}
