/** The program of the scanning process: looks when told to, and passes on hints. It ends with the process that started it. */

import '../end-with-parent.js';
import { createHints, type Hints } from './hints.js';
import type { FromScanner, ToScanner } from './scan-messages.js';
import { createScanner, type Scanner } from './scanner.js';

/** Hints of so long are passed on together. */
const gatherMs = 200;

let scan: Scanner | undefined;
let hints: Hints | undefined;
const gathered = new Map<string, { readonly folder: string; readonly name: string | null }>();

process.on('message', (message: ToScanner) => {
  void obey(message);
});
// Ctrl-C reaches the whole group; who started this process says when it ends.
process.on('SIGINT', () => {});
tell({ kind: 'up' });

async function obey(message: ToScanner): Promise<void> {
  switch (message.kind) {
    case 'start':
      scan = createScanner(message.settings);
      break;
    case 'look':
      for (const look of message.looks) {
        if (scan !== undefined) tell({ kind: 'answer', answer: scan(look) });
        // The answer must be out before the next look, which may never return.
        await new Promise((resolve) => setImmediate(resolve));
      }
      tell({ kind: 'done', cpuSeconds: cpuSeconds() });
      break;
    case 'hints':
      await hints?.close();
      hints = createHints(message.settings, {
        onHint: gather,
        onBell: () => tell({ kind: 'bell' }),
        onFile: (file) => tell({ kind: 'file', file }),
        onLimited: (reason) => tell({ kind: 'limited', reason }),
      });
      break;
    case 'folders':
      hints?.setFolders(message.folders);
      break;
  }
}

function gather(folder: string, name: string | null): void {
  if (gathered.size === 0) {
    setTimeout(() => {
      tell({ kind: 'hints', hints: [...gathered.values()] });
      gathered.clear();
    }, gatherMs);
  }
  gathered.set(`${folder}/${name}`, { folder, name });
}

function tell(message: FromScanner): void {
  // Without a callback a channel that was closed meanwhile would end this process with a stack; the end comes by itself.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
