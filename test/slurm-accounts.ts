/** The accounting of a Slurm for tests: MariaDB and slurmdbd in a folder of their own. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './slurm-node.js';

/** Starts the database; `begin` the rest, once munge runs. */
export async function startAccounts({ folder, host, socket }: { folder: string; host: string; socket: string }) {
  const [port, databasePort] = [await freePort(), await freePort()];
  const [data, databaseSocket] = [join(folder, 'mysql'), join(folder, 'mysql.sock')];
  const children: ChildProcess[] = [];
  execFileSync('mariadb-install-db', ['--no-defaults', '--user=root', `--datadir=${data}`], { stdio: 'ignore' });
  const words = ['--no-defaults', '--user=root', `--datadir=${data}`, `--socket=${databaseSocket}`];
  children.push(
    spawn(
      'mariadbd',
      [...words, '--bind-address=127.0.0.1', `--port=${databasePort}`, '--innodb-buffer-pool-size=64M'],
      {
        stdio: 'ignore',
      },
    ),
  );
  const sql = ["'%'", 'localhost'].map((from) => {
    return `CREATE USER slurm@${from} IDENTIFIED BY 'slurm'; GRANT ALL ON slurm.* TO slurm@${from};`;
  });
  const client = ['--no-defaults', '--user=root', `--socket=${databaseSocket}`];
  await untilItWorks(() =>
    execFileSync('mariadb', [...client, '-e', `CREATE DATABASE slurm; ${sql.join(' ')}`], { stdio: 'ignore' }),
  );
  const conf = join(folder, 'slurmdbd.conf');
  writeFileSync(
    conf,
    `AuthType=auth/munge
AuthInfo=socket=${socket}
DbdHost=${host}
DbdAddr=127.0.0.1
DbdPort=${port}
SlurmUser=root
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=${databasePort}
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm
PidFile=${join(folder, 'slurmdbd.pid')}
LogFile=${join(folder, 'slurmdbd.log')}
`,
    { mode: 0o600 },
  );
  return {
    /** For slurm.conf. */
    conf: `AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=${port}
AccountingStoragePass=${socket}
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1`,
    begin: async (addCluster: () => void): Promise<void> => {
      const env = { ...process.env, SLURM_CONF: join(folder, 'slurm.conf') };
      children.push(spawn('slurmdbd', ['-D'], { stdio: 'ignore', env, cwd: folder }));
      await untilItWorks(addCluster);
    },
    stop: (): void => {
      for (const child of children.reverse()) child.kill('SIGKILL');
    },
  };
}

async function untilItWorks(action: () => void): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      action();
      return;
    } catch (error) {
      if (tries > 120) throw error;
      await sleep(500);
    }
  }
}
