import { attempt, type Run } from '../service/user-manager.js';
import { exitCodes, UserError } from '../user-error.js';
import type { CommandContext } from './context.js';

/** Puts what `edit` makes of it in place of the user's crontab, or prints it. One that cannot be read is never replaced. */
export function editCrontab(
  context: CommandContext,
  command: 'crontab' | 'scrontab',
  run: Run,
  isDry: boolean,
  edit: (text: string) => string,
): void {
  const list = attempt(() => run(command, ['-l']));
  // Who has no crontab is told so as an error; busybox says that there is no such file.
  const isEmpty = list.error === null || /no crontab for|can't open .*No such file/i.test(list.error);
  if (!isEmpty && !(isDry && isMissing(list.error)))
    throw new UserError(`${command}: ${reasonOf(list.error)}`, exitCodes.unavailable);
  const after = edit(list.output);
  if (isDry) {
    context.stdout.write(after);
    return;
  }
  if (after !== list.output) {
    const { error } = attempt(() => run(command, ['-'], after));
    if (error !== null) throw new UserError(`${command}: ${reasonOf(error)}`, exitCodes.unavailable);
  }
  context.stderr.write(`${command}: ${after === list.output ? 'nothing to change' : 'changed'}\n`);
}

function isMissing(error: string | null): boolean {
  return error?.includes('ENOENT') === true;
}

function reasonOf(error: string | null): string {
  return isMissing(error) ? 'expected this command, this host has none' : String(error);
}
