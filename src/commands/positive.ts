import { exitCodes, UserError } from '../user-error.js';

/** A whole number from 1 of the command line. */
export function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UserError(`${name}: expected a whole number from 1, got "${text}"`, exitCodes.usage);
}
