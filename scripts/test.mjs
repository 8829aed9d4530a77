/** `npm test [-- FILE …]`: installs what is missing, lints, compiles, runs the tests; its last line counts them. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { projectFolder, setUp } from './setup.mjs';
import { runStep, Stop, say } from './steps.mjs';
import { judge, parseAllowedSkips, parseTestLine } from './tally.mjs';

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} files */
async function main(files) {
  try {
    await setUp();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    return finish({ passed: 0, failed: 1, skipped: 0, messages: [] });
  }
  const isClean = await lint();
  const { code, lines } = await runTests(files);
  const allowedSkips = parseAllowedSkips(readFileSync(path.join(projectFolder, 'test', 'allowed-skips.txt'), 'utf8'));
  const isStrict = process.env.CI === 'true';
  return finish(judge(lines, { hasFailed: code !== 0, isClean, isStrict, allowedSkips }));
}

/** @param {import('./tally.mjs').Verdict} verdict */
function finish({ passed, failed, skipped, messages }) {
  for (const message of messages) say(message);
  say(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 ? 0 : 1;
}

async function lint() {
  const biome = path.join(projectFolder, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const args = [biome, 'check', '--error-on-warnings', '.'];
  const { code, output } = await runStep('Linting', process.execPath, args, { cwd: projectFolder });
  if (code !== 0) say(output);
  return code === 0;
}

/**
 * Shows what ava prints as it comes, and returns those of its lines that tell of a test.
 * @param {string[]} files
 */
async function runTests(files) {
  say('Running the tests …');
  const ava = path.join(projectFolder, 'node_modules', 'ava', 'entrypoints', 'cli.mjs');
  const env = { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) };
  const child = spawn(process.execPath, [ava, ...files], {
    cwd: projectFolder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  /** @type {import('./tally.mjs').TestLine[]} */
  const lines = [];
  /** @type {Promise<number>} */
  const exit = new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
  for await (const text of createInterface({ input: child.stdout })) {
    say(text);
    const line = parseTestLine(text);
    if (line !== undefined) lines.push(line);
  }
  return { code: await exit, lines };
}
