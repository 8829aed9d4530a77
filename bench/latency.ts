/**
 * How long after a log's last byte its experiment is in the database: settle time and what comes on top, on a local disk,
 * with the real daemon.
 *
 *     npx tsc && node build/bench/latency.js [LOGS]
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const logs = Number(process.argv[2] ?? 5);
const settleSeconds = 5;
const cli = fileURLToPath(new URL('../src/cli.js', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'tlw-latency-'));
const root = join(work, 'root');
mkdirSync(root);
const outputs = ['package', 'report', 'csv', 'workbook', 'results'].flatMap((name) => [
  '--set',
  `outputs.${name}=false`,
]);
const daemon = spawn(process.execPath, [cli, 'watch', '--root', root, '--log-format', 'json', ...outputs], {
  env: { ...process.env, XDG_STATE_HOME: join(work, 'state') },
  stdio: ['ignore', 'ignore', 'pipe'],
});
const readMs = new Map<string, number>();
createInterface(daemon.stderr).on('line', (line) => {
  const [, name] = /"message":"experiment was read","experiment":"(\w+)"/.exec(line) ?? [];
  if (name !== undefined) readMs.set(name, performance.now());
});

try {
  await once(daemon.stderr, 'data');
  await sleep(2000);
  for (const [kind, pauseMs] of [
    ['written every 300 ms', 300],
    ['written every 12 s', 12_000],
  ] as const) {
    const names = Array.from(
      { length: logs },
      (_, index) => `${kind === 'written every 300 ms' ? 'often' : 'seldom'}${index}`,
    );
    const latencies = await Promise.all(names.map((name, index) => train(name, pauseMs, index * 500)));
    const worst = Math.max(...latencies);
    const mean = latencies.reduce((sum, each) => sum + each, 0) / latencies.length;
    process.stdout.write(
      `a log ${kind}: ${mean.toFixed(2)} s on average, ${worst.toFixed(2)} s at worst after its last byte; ${settleSeconds} s of it are settle time\n`,
    );
  }
} finally {
  daemon.kill('SIGINT');
  await once(daemon, 'exit');
  rmSync(work, { recursive: true, force: true });
}

/** Writes a log of four epochs; gives the seconds from its last byte to its row in the database. */
async function train(name: string, pauseMs: number, delayMs: number): Promise<number> {
  await sleep(delayMs);
  mkdirSync(join(root, name));
  let lastMs = 0;
  for (let epoch = 1; epoch <= 4; epoch += 1) {
    const text = `Epoch ${epoch}/4\n13/13 [==============================] - 5s 400ms/step - loss: 0.${epoch} - val_loss: 0.5\n`;
    appendFileSync(join(root, name, `${name}.log`), text);
    lastMs = performance.now();
    if (epoch < 4) await sleep(pauseMs);
  }
  while ((readMs.get(name) ?? 0) < lastMs) await sleep(20);
  return ((readMs.get(name) ?? 0) - lastMs) / 1000;
}
