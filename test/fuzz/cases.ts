/** Mutated logs by number: the same seed and number give the same log, so that any case can be repeated alone. */
import { seededRandom } from '../weave-random.js';
import { faultsOf } from './check.js';
import { mutatedLog } from './mutate.js';
import { seedLogs } from './seeds.js';

export interface Case {
  readonly log: Buffer;
  /** What does not hold of it. */
  readonly faults: readonly string[];
}

export interface Cases {
  logOf(number: number): Buffer;
  /** Judges a case; `log` in place of its own, to shrink it. */
  judge(number: number, log?: Buffer): Case;
}

/** `file`: where logs are written for the reader; only one case at a time. */
export function casesOf(seed: number, file: string): Cases {
  const logs = seedLogs();
  const randomOf = (number: number) => seededRandom(Math.imul(seed, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35));
  const logOf = (number: number): Buffer => mutatedLog(logs, randomOf(number));
  return {
    logOf,
    judge(number, log = logOf(number)) {
      // Its own stream of choices, so that the same ones are taken for a shrunken log.
      const random = seededRandom(number);
      try {
        return { log, faults: faultsOf(log, file, random) };
      } catch (error) {
        return { log, faults: [`crashed: ${error instanceof Error ? error.stack : String(error)}`] };
      }
    },
  };
}
