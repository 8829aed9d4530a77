/** Real launchers mix what real ranks print; `npm run replay -- --runs 200` does it as often as one likes. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { parseLog } from '../src/log/parse-log.js';
import { judge } from './replay/judge.js';
import { maybeMissing, type RealLauncher, realLaunchers, titleOf } from './replay/launchers.js';
import { replay } from './replay/replay.js';
import { maybeNoSlurm, type SlurmNode, startSlurm } from './slurm-node.js';

const runs = 4;
let slurm: SlurmNode | undefined;
test.after.always(() => slurm?.stop());

// torchrun needs a PyTorch, which is too large for a test.
for (const launcher of realLaunchers.filter(({ name }) => name !== 'torchrun')) {
  const reason = maybeMissing(launcher) ?? (launcher.name === 'srun' ? maybeNoSlurm() : undefined);
  if (reason !== undefined) process.stderr.write(`skipped: replays under ${titleOf(launcher)}: ${reason}\n`);
  const run = reason === undefined ? test.serial : test.serial.skip;
  run(`what ranks print under a real ${titleOf(launcher)} is read as each of them printed it`, async (t) => {
    t.timeout(180_000);
    if (launcher.name === 'srun') slurm ??= await startSlurm();
    for (let seed = 1; seed <= runs; seed += 1) {
      const { title, wrong, missing, exact } = await replayIn(launcher, seed);
      t.deepEqual(wrong, [], title);
      const most = launcher.mayMiss * (exact + missing.length);
      t.true(missing.length <= most, `${title}: ${missing.length} missing\n${missing.join('\n')}`);
    }
  });
}

/** Logs of replays that were once read wrongly, with what each rank printed. */
const kept = path.resolve('test/fixtures/replays');
for (const name of readdirSync(kept)) {
  test(`the kept replay ${name} is read as each rank printed it`, (t) => {
    const run = parseLog(path.join(kept, name, 'replay.log'));
    const streams = path.join(kept, name, 'streams');
    const clean = readdirSync(streams).map((_, rank) => parseLog(path.join(streams, `${rank}.stdout`), { rank }));
    const { wrong, missing, exact } = judge(run, clean);
    t.deepEqual(wrong, []);
    t.true(exact > 0);
    if (name.includes('doubtful')) t.true(run.receipt.quarantined > 0 && missing.length > 0);
    else if (!name.includes('dropped')) t.deepEqual(missing, []);
    else {
      // mpirun really lost it: whole records and a header, and the record behind that header has no epoch.
      t.true(missing.length > 0);
      t.true(run.receipt.quarantined >= 2);
      t.regex(run.receipt.findings[0]?.what ?? '', /^mpirun dropped output/);
    }
  });
}

async function replayIn(launcher: RealLauncher, seed: number): ReturnType<typeof replay> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tlw-replay-'));
  try {
    return await replay({ launcher, seed, folder, environment: { ...slurm?.environment } });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
