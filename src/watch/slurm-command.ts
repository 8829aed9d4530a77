import { execFile } from 'node:child_process';

/** What a command of Slurm said: its stdout; or why it could not be asked. */
export type SlurmAnswer =
  | { readonly text: string }
  /** `missing`: there is no such command on this host. Else `error` has its own words. */
  | { readonly missing: boolean; readonly error: string };

const timeoutMs = 60_000;

/** Runs a command of Slurm (`squeue`, `sacct`, `sbatch`), with times as UTC whatever the host's clock and habits are. */
export function askSlurm(command: string, words: readonly string[], ms = timeoutMs): Promise<SlurmAnswer> {
  return new Promise((resolve) => {
    const environment = { ...process.env, TZ: 'UTC', SLURM_TIME_FORMAT: 'standard' };
    const options = { timeout: ms, maxBuffer: 256 * 1024 * 1024, killSignal: 'SIGKILL', env: environment } as const;
    execFile(command, [...words], options, (error, stdout, stderr) => {
      if (error === null) return resolve({ text: stdout });
      const missing = 'code' in error && error.code === 'ENOENT';
      const said = stderr.trim().split('\n').at(-1) ?? '';
      resolve({ missing, error: said || (error.killed ? `no answer within ${ms / 1000} s` : error.message) });
    });
  });
}
