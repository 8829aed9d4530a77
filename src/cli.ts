#!/usr/bin/env node
/** The only file that reads the arguments and sets the exit code. It loads nothing before the signals are caught. */

import { readFileSync } from 'node:fs';
import { catchSignals } from './early-signals.js';
import { escapeText } from './escape-text.js';
import { leaveLostTerminal } from './lost-terminal.js';

const signals = catchSignals();
// What is made is its owner's alone, unless the config shares it.
process.umask(0o077);
// A reader that has seen enough, as in `tlw parse LOG | head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 74));
// Nobody is left to be told.
process.stderr.on('error', () => {});
leaveLostTerminal();
const faults = catchFaults();
requireOpenFiles();
const { main } = await import('./commands/main.js');
const exitCode = await main(process.argv.slice(2), signals);
process.exitCode = faults.exitCode ?? exitCode;

/** Below that Node itself cannot load the program, and says what nobody understands. */
function requireOpenFiles(): void {
  const least = 128;
  const allowed = Number(/^Max open files +(\d+)/m.exec(maybeLimits())?.[1] ?? least);
  if (allowed >= least) return;
  process.stderr.write(`tlw: expected that ${least} files may be open at once, only ${allowed} may: ulimit -n 1024\n`);
  process.exit(78);
}

/** What this process may use; nothing where the system does not tell. */
function maybeLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1');
  } catch {
    return '';
  }
}

/** What nobody expected ends the program by the way that a signal does, so that what was read is saved; not later than soon. */
function catchFaults(): { exitCode: number | undefined } {
  const faults: { exitCode: number | undefined } = { exitCode: undefined };
  process.on('uncaughtException', (error) => {
    const said = String(error instanceof Error ? error.stack : error).replaceAll(/\n\s*/g, ' | ');
    process.stderr.write(`tlw: this is a fault of the program, please report it (exit code 70): ${escapeText(said)}\n`);
    if (faults.exitCode !== undefined || !process.emit('SIGTERM')) process.exit(70);
    faults.exitCode = 70;
    setTimeout(() => process.exit(70), 5000).unref();
  });
  return faults;
}
