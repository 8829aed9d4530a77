/** Exit codes, as in sysexits(3). */
export const exitCodes = {
  ok: 0,
  usage: 64,
  noInput: 66,
  unavailable: 69,
  internal: 70,
  cannotCreate: 73,
  inputOutput: 74,
  tryAgain: 75,
  noPermission: 77,
  config: 78,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Something that the user can put right: one line that names the thing, what was expected and what came. */
export class UserError extends Error {
  override readonly name: string = 'UserError';

  constructor(
    message: string,
    readonly exitCode: ExitCode,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
