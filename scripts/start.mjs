/** `npm start`: installs what is missing, then does the daemon's job on a copy of the example experiments, in demo/. */

import path from 'node:path';
import { projectFolder, setUp } from './setup.mjs';
import { runShown, Stop, say } from './steps.mjs';

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} args Further options of `tlw demo`. */
async function main(args) {
  try {
    await setUp();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    return 1;
  }
  const cli = path.join(projectFolder, 'build', 'src', 'cli.js');
  return runShown(process.execPath, [cli, 'demo', path.join(projectFolder, 'demo'), ...args]);
}
