import { join } from 'node:path';
import { baseFolder } from '../account.js';
import type { CommandContext } from './context.js';

/** Name of the unit. */
export const unitName = 'training-log-wizard.service';

/** Where the user's unit lies. */
export function unitFile({ environment }: CommandContext): string {
  return join(baseFolder(environment, 'XDG_CONFIG_HOME'), 'systemd/user', unitName);
}

/** The drop-in beside a unit that lets it start on one host only. */
export function hostDropIn(unit: string): string {
  return join(`${unit}.d`, 'host.conf');
}

/** What to do on a host whose systemd does not serve this user. */
export const withoutManager =
  'log in by ssh with PAM (XDG_RUNTIME_DIR must be set); run "tlw watch" in tmux; or "tlw service install --cron"';
