import { type ExitCode, exitCodes } from '../../user-error.js';

/** What the doctor found, one line each. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  /** What it is about, one or two words. */
  readonly topic: string;
  readonly text: string;
  /** What to do about it; null where nothing need be done. */
  readonly advice: string | null;
  /** What a failure makes of the exit code. */
  readonly exitCode: ExitCode;
}

/** All is well. */
export function ok(topic: string, text: string): Finding {
  return { level: 'ok', topic, text, advice: null, exitCode: exitCodes.ok };
}

/** It works, but not as well as it could, or not for long. */
export function warn(topic: string, text: string, advice: string): Finding {
  return { level: 'warn', topic, text, advice, exitCode: exitCodes.ok };
}

/** It does not work. */
export function fail(topic: string, text: string, advice: string, exitCode: ExitCode): Finding {
  return { level: 'fail', topic, text, advice, exitCode };
}
