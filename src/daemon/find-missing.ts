import { statSync } from 'node:fs';
import { bytesOfPath } from '../path-text.js';

/** Those of the files that are not there; one that cannot be looked at may well be. */
export function findMissing(paths: readonly string[]): string[] {
  return paths.filter((path) => {
    try {
      return statSync(bytesOfPath(path), { throwIfNoEntry: false }) === undefined;
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ENOTDIR';
    }
  });
}
