#!/usr/bin/env node
/** The only file that reads the arguments and sets the exit code. It loads nothing before the signals are caught. */

import { catchSignals } from './early-signals.js';

const signals = catchSignals();
// What is made is its owner's alone, unless the config shares it.
process.umask(0o077);
// A reader that has seen enough, as in `tlw parse LOG | head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 74));
// Nobody is left to be told.
process.stderr.on('error', () => {});
const { main } = await import('./commands/main.js');
process.exitCode = await main(process.argv.slice(2), signals);
