/** The program as its users run it: the command line in a child process, with a home and a root of its own. */

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { execa, type Options } from 'execa';

import { packageRoot } from '../src/package.js';

const cli = fileURLToPath(new URL('../src/cli.js', import.meta.url));
const fixtures = fileURLToPath(new URL('../../test/fixtures/experiments', import.meta.url));

const dropped = '-dac_override,-dac_read_search';

export type Sandbox = ReturnType<typeof createSandbox>;

/** A home folder with a root in it, removed after the test. */
export function createSandbox(t: Pick<ExecutionContext, 'teardown'>, parent = tmpdir()) {
  const home = mkdtempSync(join(parent, 'tlw-program-'));
  // A child of a killed watcher may write a last file meanwhile.
  t.teardown(() => rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
  const root = join(home, 'root');
  mkdirSync(root);
  const environment = { HOME: home, XDG_STATE_HOME: join(home, 'state'), PATH: process.env.PATH ?? '' };
  const launch = (command: string, args: readonly string[], options: Options = {}) =>
    execa(command, args, {
      ...{ cwd: home, extendEnv: false, reject: false, env: environment, stripFinalNewline: false },
      forceKillAfterDelay: false,
      ...options,
    });
  return {
    environment,
    home,
    root,
    /** Starts the program; `TLW_…` variables of the caller do not reach it. */
    start: (args: readonly string[], options?: Options): ReturnType<typeof launch> =>
      launch(process.execPath, [cli, ...args], options),
    /** Starts it where no more than so many files may be open. */
    startWithFiles: (files: number, args: readonly string[]): ReturnType<typeof launch> =>
      launch('sh', ['-c', `ulimit -n ${files}; exec "$0" "$@"`, process.execPath, cli, ...args]),
    /** Starts another install of it. */
    startFrom: (program: string, args: readonly string[]): ReturnType<typeof launch> =>
      launch(process.execPath, [program, ...args]),
    /** Starts it by a program that runs it, such as `setpriv`. */
    startBy: (
      [command = '', ...words]: readonly string[],
      args: readonly string[],
      options?: Options,
    ): ReturnType<typeof launch> => launch(command, [...words, process.execPath, cli, ...args], options),
    /** Starts it as on a host of another name. */
    startOn: (host: string, args: readonly string[], options?: Options): ReturnType<typeof launch> =>
      launch(
        'unshare',
        ['--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', host, process.execPath, cli, ...args],
        options,
      ),
    /** Runs it, and gives what it said. */
    run: async (...args: string[]) => {
      const { exitCode, stdout, stderr } = await execa(process.execPath, [cli, ...args], {
        ...{ cwd: home, extendEnv: false, reject: false, env: environment },
      });
      return { exitCode, stdout, stderr };
    },
    /** Writes a file that was last changed an hour ago. */
    write(path: string, content: string | Uint8Array): string {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      makeOld(file);
      return file;
    },
    /** Puts a fixture's log into the root as an experiment that was over an hour ago. */
    addFixture(fixture: string, name = fixture): string {
      const file = join(root, name, `${name.split('/').at(-1)}.log`);
      mkdirSync(dirname(file), { recursive: true });
      cpSync(join(fixtures, fixture, `${fixture}.log`), file);
      makeOld(file);
      return file;
    },
    /** Ends it before the test does. */
    remove: () => rmSync(home, { recursive: true, force: true }),
    /** Every file below the root with its inode and time of change: what was rewritten has others. */
    files: () =>
      readdirSync(root, { recursive: true, encoding: 'utf8' })
        .filter((path) => statSync(join(root, path)).isFile() && !path.startsWith('.tlw-root'))
        .sort()
        .map((path) => {
          const { ino, mtimeMs } = statSync(join(root, path));
          return `${path} ${ino} ${mtimeMs}`;
        }),
    /** Runs it as root without root's right to read everything; the checkout may lie where no other user looks. */
    startWithoutOverride: (args: readonly string[]) =>
      execa('setpriv', ['--bounding-set', dropped, '--inh-caps', dropped, process.execPath, cli, ...args], {
        ...{ cwd: home, extendEnv: false, reject: false, env: environment },
      }),
    /** The only database of the home. */
    database(): string {
      const state = join(home, 'state', 'training-log-wizard');
      const [folder = ''] = readdirSync(state);
      return join(state, folder, 'tlw.db');
    },
  };
}

/** An install of its own below a folder, as npm leaves it. */
export function installBelow(folder: string): string {
  const install = join(folder, 'install');
  for (const part of ['build/src', 'config', 'migrations', 'schema', 'fonts', 'systemd', 'package.json'])
    cpSync(join(packageRoot, part), join(install, part), { recursive: true });
  symlinkSync(join(packageRoot, 'node_modules'), join(install, 'node_modules'));
  return install;
}

/** Path of a fixture's log. */
export function fixtureLog(fixture: string): string {
  return join(fixtures, fixture, `${fixture}.log`);
}

function makeOld(file: string): void {
  const anHourAgo = Date.now() / 1000 - 3600;
  utimesSync(file, anHourAgo, anHourAgo);
}

const heard = new WeakMap<object, { text: string; seen: number }>();

/** Resolves when the program says on stderr what it has not yet been waited for. */
export async function said(t: ExecutionContext, program: ReturnType<Sandbox['start']>, pattern: RegExp): Promise<void> {
  const { stderr } = program;
  if (stderr === null) throw new Error('expected a program whose stderr is a pipe');
  const so = heard.get(stderr) ?? { text: '', seen: 0 };
  if (!heard.has(stderr)) stderr.on('data', (chunk) => (so.text += String(chunk)));
  heard.set(stderr, so);
  await new Promise<void>((resolve) => {
    const look = (): void => {
      const match = pattern.exec(so.text.slice(so.seen));
      if (match === null && !stderr.readableEnded) return;
      so.seen += match === null ? 0 : match.index + match[0].length;
      stderr.off('data', look).off('end', look);
      if (match === null) t.fail(`expected ${pattern}, got:\n${so.text}`);
      resolve();
    };
    stderr.on('data', look).on('end', look);
    look();
  });
}
