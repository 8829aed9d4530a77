/** The error number of the system, negative; undefined where there is none. Node has no name for some, such as EDQUOT and ESTALE. */
export function errnoOf(error: unknown): number | undefined {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : undefined;
}

/** What an error says; whatever else was thrown, as text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A log whose text cannot be had, though the file can be read; `message` says why. */
export class UnreadableLog extends Error {
  override readonly name = 'UnreadableLog';
}
