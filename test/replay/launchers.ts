/** The real launchers that a replay runs under. */
import { spawnSync } from 'node:child_process';
import type { LauncherName } from '../../src/experiment.js';

export interface RealLauncher {
  /** As `Run.launcher` must say. */
  readonly name: LauncherName;
  readonly style: string;
  /** The command that starts `size` ranks, without the program. */
  readonly command: (size: number) => readonly string[];
  /** It tells a rank's standard error from its standard output; else both have the same tag, and may cut each other's lines. */
  readonly knowsStreams: boolean;
  /** It ends lines where a program stopped writing, so that only whole words can be told from whole lines. */
  readonly needsWords?: boolean;
  /** Its marks leave something open, so that this share of the figures may be quarantined. */
  readonly mayMiss: number;
  /** It loses what needs many escapes (mpirun even crashes), so that only plain lines go through whole. */
  readonly isPlainOnly?: boolean;
}

const openMpi = (size: number, ...options: string[]): string[] => [
  'mpirun.openmpi',
  '--allow-run-as-root',
  '--oversubscribe',
  ...options,
  '-np',
  String(size),
];
const slurm = (size: number, ...options: string[]): string[] => [
  'srun',
  '--overcommit',
  ...options,
  '-n',
  String(size),
];

export const realLaunchers: readonly RealLauncher[] = [
  {
    name: 'openmpi',
    style: '--tag-output',
    command: (size) => openMpi(size, '--tag-output'),
    knowsStreams: true,
    mayMiss: 0,
  },
  {
    name: 'openmpi',
    style: '--tag-output --timestamp-output',
    command: (size) => openMpi(size, '--tag-output', '--timestamp-output'),
    knowsStreams: true,
    mayMiss: 0,
  },
  {
    name: 'openmpi',
    style: '--xml',
    command: (size) => openMpi(size, '--xml'),
    knowsStreams: true,
    mayMiss: 0,
    isPlainOnly: true,
  },
  {
    name: 'mpich',
    style: '-l',
    command: (size) => ['mpiexec.hydra', '-l', '-n', String(size)],
    knowsStreams: false,
    mayMiss: 0.03,
  },
  { name: 'srun', style: '--label', command: (size) => slurm(size, '--label'), knowsStreams: false, mayMiss: 0 },
  {
    name: 'srun',
    style: '--label --unbuffered',
    command: (size) => slurm(size, '--label', '--unbuffered'),
    knowsStreams: false,
    needsWords: true,
    mayMiss: 0.03,
  },
  {
    name: 'torchrun',
    style: '--tee 3',
    command: (size) => ['torchrun', '--no-python', '--tee', '3', '--nproc-per-node', String(size)],
    knowsStreams: false,
    mayMiss: 0.1,
  },
];

/** Why a launcher cannot run here; undefined where it can. */
export function maybeMissing(launcher: RealLauncher): string | undefined {
  const [program = ''] = launcher.command(1);
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0 ? undefined : `needs ${program}`;
}

export function titleOf(launcher: RealLauncher): string {
  return `${launcher.name} ${launcher.style}`;
}
