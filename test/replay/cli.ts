/** `npm run replay -- [--runs N] [--seed N] [--launcher TEXT] [--errors] [--keep DIR]`: many replays under the real launchers. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { maybeNoSlurm, startSlurm } from '../slurm-node.js';
import { maybeMissing, type RealLauncher, realLaunchers, titleOf } from './launchers.js';
import { type Replayed, replay } from './replay.js';

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '20' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      launcher: { type: 'string', default: '' },
      errors: { type: 'boolean', default: false },
      keep: { type: 'string' },
    },
  });
  const chosen = realLaunchers.filter((launcher) => titleOf(launcher).includes(values.launcher));
  const needsSlurm = chosen.some(({ name }) => name === 'srun') && maybeNoSlurm() === undefined;
  const slurm = needsSlurm ? await startSlurm() : undefined;
  let faults = 0;
  try {
    for (const launcher of chosen) {
      const reason = maybeMissing(launcher) ?? (launcher.name === 'srun' ? maybeNoSlurm() : undefined);
      if (reason !== undefined) say(`${titleOf(launcher)}: not run, ${reason}`);
      else faults += await runMany(launcher, values, { ...slurm?.environment });
    }
  } finally {
    slurm?.stop();
  }
  return faults === 0 ? 0 : 1;
}

interface Wanted {
  readonly runs: string;
  readonly seed: string;
  readonly errors: boolean;
  readonly keep?: string | undefined;
}

/** Returns how many replays were read with a fault. */
async function runMany(
  launcher: RealLauncher,
  { runs, seed, errors, keep }: Wanted,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const sums = { exact: 0, missing: 0, wrong: 0, repaired: 0, quarantined: 0, bytes: 0 };
  let faults = 0;
  for (let i = 0; i < Number(runs); i += 1) {
    const folder = mkdtempSync(path.join(tmpdir(), 'tlw-replay-'));
    const done = await replay({ launcher, seed: Number(seed) + i, folder, hasErrors: errors, environment });
    sums.exact += done.exact;
    sums.missing += done.missing.length;
    sums.wrong += done.wrong.length;
    sums.repaired += done.repaired;
    sums.quarantined += done.quarantined;
    sums.bytes += done.bytes;
    const isFaulty = done.wrong.length > 0 || (done.missing.length > 0 && !errors);
    if (isFaulty) {
      faults += 1;
      tell(done);
      if (keep !== undefined) {
        mkdirSync(keep, { recursive: true });
        cpSync(folder, path.join(keep, `${titleOf(launcher).replaceAll(/[^\w]+/g, '-')}-${Number(seed) + i}`), {
          recursive: true,
        });
      }
    }
    rmSync(folder, { recursive: true });
  }
  const { exact, missing, wrong, repaired, quarantined, bytes } = sums;
  say(
    `${titleOf(launcher)}: ${runs} replays from seed ${seed}, ${(bytes / 1e6).toFixed(1)} MB, ${exact} figures exact, ${missing} missing, ${wrong} wrong; ${repaired} records repaired, ${quarantined} quarantined`,
  );
  return faults;
}

function tell({ title, size, missing, wrong }: Replayed): void {
  say(`${title}, ${size} ranks: ${missing.length} missing, ${wrong.length} wrong`);
  for (const fault of [...wrong, ...missing].slice(0, 5)) say(`  ${fault}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main(process.argv.slice(2));
