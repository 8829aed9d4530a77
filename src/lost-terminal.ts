import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** At its end Node gives its terminal the settings back that it had, and aborts where that is gone: then it is let go of before. */
export function leaveLostTerminal(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.on('exit', () => {
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  });
}
