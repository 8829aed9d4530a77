/** Runs the slow steps of setting up, so that whoever waits sees which one runs, and its output only when it fails. */

import { spawn } from 'node:child_process';

/** A mistake or a lack that the user can mend: one line, no stack. */
export class Stop extends Error {}

/**
 * @typedef {import('node:child_process').SpawnOptions} Options
 * @typedef {{ code: number, output: string }} Result The exit code, 1 where it could not be started, and all it printed.
 */

/**
 * Prints one line.
 * @param {string} line
 */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/**
 * Runs a command to its end, with `title` and the time it takes on the screen.
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 * @param {Options} [options]
 */
export async function runStep(title, command, args, options = {}) {
  const stopClock = showClock(title);
  const result = await collect({ command, args, options });
  stopClock(result.code === 0);
  return result;
}

/**
 * Runs commands side by side, else as `runStep`.
 * @param {string} title
 * @param {{ command: string, args: string[], options: Options }[]} commands
 */
export async function runSteps(title, commands) {
  const stopClock = showClock(title);
  const results = await Promise.all(commands.map(collect));
  stopClock(results.every(({ code }) => code === 0));
  return results;
}

/**
 * Runs a command whose output is the point: it goes straight to the screen.
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<number>} its exit code
 */
export function runShown(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit' });
    child.on('error', (error) => {
      say(error.message);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * What a failed step printed: npm says first what is wrong, a compiler last.
 * @param {string} output
 */
export function excerptOf(output) {
  const lines = output.trimEnd().split('\n');
  return lines.length <= 40 ? lines.join('\n') : [...lines.slice(0, 10), '…', ...lines.slice(-30)].join('\n');
}

/**
 * @param {{ command: string, args: string[], options: Options }} command
 * @returns {Promise<Result>}
 */
function collect({ command, args, options }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
        output += chunk;
      });
    }
    child.on('error', (error) => resolve({ code: 1, output: `${output}${error.message}\n` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * On a terminal the line counts the seconds; elsewhere the title stands there at once, and every half minute a sign of life.
 * @param {string} title
 */
function showClock(title) {
  const startMs = Date.now();
  const seconds = () => Math.round((Date.now() - startMs) / 1000);
  const isTerminal = process.stdout.isTTY === true;
  if (!isTerminal) say(`${title} …`);
  const draw = () => process.stdout.write(`\r${title} … ${seconds()} s `);
  const timer = isTerminal ? setInterval(draw, 200) : setInterval(() => say(`  … still at it, ${seconds()} s`), 30_000);
  return (/** @type {boolean} */ isDone) => {
    clearInterval(timer);
    const end = `${isDone ? 'done' : 'failed'} in ${seconds()} s`;
    if (isTerminal) process.stdout.write(`\r\u001b[K${title}: ${end}\n`);
    else say(`  ${end}`);
  };
}
