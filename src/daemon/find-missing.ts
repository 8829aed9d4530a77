import { statSync } from 'node:fs';

/** Those of the files that are not there; one that cannot be looked at may well be. */
export function findMissing(paths: readonly string[]): string[] {
  return paths.filter((path) => {
    try {
      return statSync(path, { throwIfNoEntry: false }) === undefined;
    } catch {
      return false;
    }
  });
}
