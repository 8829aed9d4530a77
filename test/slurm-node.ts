/** A real one-node Slurm for tests, in a folder of its own, with ports of its own; needs root, and Debian's slurm-wlm and munge. */

import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAccounts } from './slurm-accounts.js';

export interface SlurmNode {
  /** For the environment of sbatch, squeue and the like. */
  readonly environment: { readonly SLURM_CONF: string };
  stop(): void;
}

/** Why no Slurm can be started here; undefined where it can. */
export function maybeNoSlurm({ accounting = false } = {}): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  const accountants = accounting ? ['slurmdbd', 'mariadbd', 'mariadb-install-db', 'sacct'] : [];
  const missing = ['slurmctld', 'slurmd', 'munged', 'sbatch', 'squeue', ...accountants].filter(
    (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0,
  );
  return missing.length > 0 ? `needs ${missing.join(', ')}` : undefined;
}

/** Starts Slurm, with its accounting where that is wanted; resolves when its node is idle. */
export async function startSlurm({ accounting = false } = {}): Promise<SlurmNode> {
  const folder = mkdtempSync(join(tmpdir(), 'tlw-slurm-'));
  const inFolder = (name: string): string => join(folder, name);
  const host = hostname().split('.')[0] ?? '';
  const [controlPort, nodePort] = [await freePort(), await freePort()];
  for (const name of ['state', 'spool', 'munge']) mkdirSync(inFolder(name), { mode: 0o755 });
  writeFileSync(inFolder('munge.key'), randomBytes(1024), { mode: 0o600 });
  const socket = inFolder('munge/socket');
  const accounts = accounting ? await startAccounts({ folder, host, socket }) : undefined;
  const storage = accounts?.conf ?? 'AccountingStorageType=accounting_storage/none';
  writeFileSync(
    inFolder('slurm.conf'),
    `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controlPort}
SlurmdPort=${nodePort}
AuthType=auth/munge
AuthInfo=socket=${socket}
SlurmUser=root
StateSaveLocation=${inFolder('state')}
SlurmdSpoolDir=${inFolder('spool')}
SlurmctldPidFile=${inFolder('slurmctld.pid')}
SlurmdPidFile=${inFolder('slurmd.pid')}
SlurmctldLogFile=${inFolder('slurmctld.log')}
SlurmdLogFile=${inFolder('slurmd.log')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
KillWait=2
MpiDefault=none
JobCompType=jobcomp/none
${storage}
NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=debug Nodes=${host} Default=YES MaxTime=60 State=UP OverSubscribe=FORCE:8
`,
  );
  const environment = { SLURM_CONF: inFolder('slurm.conf') };
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, {
      env: { ...process.env, ...environment },
      encoding: 'utf8',
      cwd: folder,
      stdio: 'pipe',
    });
  const stop = (): void => {
    for (const name of ['slurmd', 'slurmctld', 'munged']) killByFile(inFolder(`${name}.pid`));
    accounts?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const munge = ['key-file', 'pid-file', 'log-file', 'seed-file'].map((name) => {
      const file = name === 'key-file' ? 'munge.key' : name === 'pid-file' ? 'munged.pid' : `munge.${name}`;
      return `--${name}=${inFolder(file)}`;
    });
    run('munged', '--force', `--socket=${socket}`, ...munge);
    await accounts?.begin(() => run('sacctmgr', '--immediate', '--noheader', 'add', 'cluster', 'test'));
    run('slurmctld', '-i', '-f', environment.SLURM_CONF);
    run('slurmd', '-f', environment.SLURM_CONF);
    for (let tries = 0; !run('sinfo', '-h', '-o', '%T').includes('idle'); tries += 1) {
      if (tries > 100) throw new Error(`Slurm did not become idle: ${readFileSync(inFolder('slurmctld.log'), 'utf8')}`);
      await sleep(200);
    }
  } catch (error) {
    stop();
    throw error;
  }
  return { environment, stop };
}

function killByFile(file: string): void {
  if (!existsSync(file)) return;
  try {
    process.kill(Number(readFileSync(file, 'latin1')), 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
