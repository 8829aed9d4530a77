/** Keeps the control socket where commands find it: its file may be removed while the watcher runs, and its folder at the user's logout. */

import { existsSync } from 'node:fs';
import { messageOf } from '../errors.js';
import { type ControlActions, serveControl } from './control-server.js';
import type { Session } from './session.js';

export interface KeptControl {
  /** Where the watcher can be asked; null where that is nowhere. */
  path(): string | null;
  /** Makes the socket anew where it is gone; tells whether it did. */
  look(): Promise<boolean>;
  close(): void;
}

/** Serves `actions` at the first of `paths` where a socket can be made. */
export async function keepControl(
  paths: readonly string[],
  actions: ControlActions,
  log: Session['log'],
): Promise<KeptControl> {
  let served: { readonly path: string; readonly close: () => void } | null = null;
  let isClosed = false;
  let isOpening = false;
  const open = async (): Promise<void> => {
    let reason = '';
    for (const path of paths) {
      try {
        served = { path, close: await serveControl(path, actions) };
        if (isClosed) served.close();
        return;
      } catch (error) {
        reason = messageOf(error);
      }
    }
    log.warn('no control socket, commands cannot reach this watcher', { path: paths[0] ?? null, reason });
  };
  await open();
  return {
    path: () => served?.path ?? null,
    look: async () => {
      if (isClosed || isOpening || (served !== null && existsSync(served.path))) return false;
      isOpening = true;
      served?.close();
      served = null;
      await open();
      isOpening = false;
      return served !== null;
    },
    close: () => {
      isClosed = true;
      served?.close();
    },
  };
}
