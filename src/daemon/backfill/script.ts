/** The job script of a backfill, and the lists that its tasks work through. Pure. */

import { bytesOfPath, textOfPath } from '../../path-text.js';
import { shellWord } from '../../service/unit.js';

/** What a user may say about the job, each as sbatch has it. */
export interface JobOptions {
  readonly partition?: string;
  readonly time?: string;
  readonly account?: string;
  /** Shell commands that each task runs first, such as `module load nodejs`. */
  readonly prolog?: string;
}

export interface ScriptOptions extends JobOptions {
  readonly jobName: string;
  readonly tasks: number;
  /** Absolute; holds the lists, and gets what the tasks say. */
  readonly folder: string;
  /** Absolute. */
  readonly root: string;
  /** The node binary and the program's cli.js, absolute. */
  readonly node: string;
  readonly program: string;
  /** Options of the config that the tasks must have as they are here: `outputs.dir=/x`. */
  readonly settings: readonly string[];
}

/** Text of the script; every path in it may hold whatever a path may hold. */
export function renderJobScript(options: ScriptOptions): string {
  const { jobName, tasks, partition, time, account, prolog, folder, root, node, program, settings } = options;
  const directives = [
    ...['job-name', jobName, 'array', `1-${tasks}`, 'ntasks', '1', 'cpus-per-task', '1', 'chdir', '/'],
    // What the tasks say goes into files beside the lists: sbatch would read signs such as % in a path of its own.
    ...['output', '/dev/null'],
    ...['partition', partition, 'time', time, 'account', account],
  ];
  const lines = [];
  for (let at = 0; at < directives.length; at += 2) {
    if (directives[at + 1] !== undefined) lines.push(`#SBATCH --${directives[at]}=${directives[at + 1]}`);
  }
  const words = settings.flatMap((setting) => ['--set', setting]);
  const command = [node, program, 'parse', '--root', root, ...words, '--beside', '--from'].map(shellWord).join(' ');
  return `#!/usr/bin/env bash
${lines.join('\n')}
# Reads the logs of one list and writes the package and the report beside each. Nothing else is written, no database is
# touched. A log that has its package is left alone, so that the script can be submitted again.
set -eu
folder=${shellWord(folder)}
exec >>"$folder/task-$SLURM_ARRAY_TASK_ID.txt" 2>&1
${prolog === undefined ? '' : `${prolog}\n`}exec ${command} "$folder/shard-$SLURM_ARRAY_TASK_ID"
`;
}

/** Names of logs, each followed by a NUL, which no name can hold. */
export function renderList(files: readonly string[]): Buffer {
  return Buffer.concat(files.flatMap((file) => [Buffer.from(bytesOfPath(file)), Buffer.of(0)]));
}

/** The names in a list: between NULs where it has any (as `find -print0` makes it), else one a line. */
export function parseList(list: Buffer): string[] {
  const separator = list.includes(0) ? 0 : 10;
  const files: string[] = [];
  for (let at = 0; at < list.length; ) {
    const next = list.indexOf(separator, at);
    const end = next === -1 ? list.length : next;
    if (end > at) files.push(textOfPath(list.subarray(at, end)));
    at = end + 1;
  }
  return files;
}
