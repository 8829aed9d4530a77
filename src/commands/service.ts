import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { packageRoot } from '../package.js';
import { renderHostDropIn, renderUnit, withCronLine, withoutCronLine, withScronLine } from '../service/unit.js';
import {
  attempt,
  findUserManager,
  type Run,
  readLinger,
  runCommand,
  type UserManager,
} from '../service/user-manager.js';
import { exitCodes, UserError } from '../user-error.js';
import { type Command, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { examples } from './help.js';
import { hostDropIn, unitFile, unitName } from './service-files.js';

/** Minutes between two runs by cron: a login node is shared. */
const cronMinutes = 15;

interface InstallOptions {
  readonly root?: string;
  readonly dryRun?: true;
  readonly cron?: true;
  readonly scrontab?: true;
  readonly anyHost?: true;
}

/** `tlw service`: the watcher as a service of the user's own. */
export function serviceCommand(context: CommandContext): Command {
  const command = newCommand('service')
    .description('Runs the watcher as a systemd user service, or by cron where services are not possible.')
    .addHelpText(
      'after',
      examples(
        'tlw service install --root OUTPUTS',
        'tlw service install --root OUTPUTS --dry-run',
        'tlw service status',
      ),
    );
  command.addCommand(
    newCommand('install')
      .summary('write the unit, enable and start it')
      .description(
        'Writes the unit for this node and this install, enables and starts it, and checks that it goes on after logout.',
      )
      .option('--root <dir>', 'the folder that holds the experiments')
      .option('--any-host', 'start on every login node that shares this home, not only on this one')
      .option('--cron', 'no service: let cron run tlw watch --once')
      .option('--scrontab', 'no service: let Slurm’s scrontab run tlw watch --once')
      .option('--dry-run', 'print what would be written and run')
      .addHelpText(
        'after',
        examples('tlw service install --root OUTPUTS', 'tlw service install --root OUTPUTS --cron --dry-run'),
      )
      .action((options: InstallOptions) => install(context, options, runCommand)),
  );
  command.addCommand(
    newCommand('uninstall')
      .summary('stop, disable and remove it')
      .description('Stops and removes the service, or its line in a crontab. Data and outputs stay.')
      .option('--cron', 'remove the line in the crontab')
      .option('--scrontab', 'remove the line in the scrontab')
      .addHelpText('after', examples('tlw service uninstall'))
      .action((options: { cron?: true; scrontab?: true }) => uninstall(context, options, runCommand)),
  );
  command.addCommand(
    newCommand('status')
      .summary('is it installed, running, and will it go on after logout')
      .description('Shows what systemd says of the service.')
      .addHelpText('after', examples('tlw service status'))
      .action(() => status(context, runCommand)),
  );
  return command;
}

function install(context: CommandContext, options: InstallOptions, run: Run): void {
  const { config } = context.loadConfig([rootFlag(options.root)]);
  if (config.root === null)
    throw new UserError(
      'expected the folder that holds the experiments: give --root, or set root in the config',
      exitCodes.config,
    );
  const place = { node: process.execPath, program: join(packageRoot, 'build/src/cli.js') };
  const root = resolve(context.folder, config.root);
  if (options.cron || options.scrontab) {
    const words = ['--quiet', 'watch', '--once', '--root', root];
    editCrontab(context, options.scrontab ? 'scrontab' : 'crontab', run, options.dryRun === true, (text) =>
      (options.scrontab ? withScronLine : withCronLine)(text, { ...place, words, every: cronMinutes }),
    );
    return;
  }
  const manager = findUserManager(run);
  if (manager.trouble !== null && !options.dryRun) throw noManager(manager);
  const template = readFileSync(join(packageRoot, 'systemd', unitName), 'utf8');
  const unit = renderUnit({
    template,
    ...place,
    words: ['watch', '--root', root],
    systemdVersion: manager.version ?? 246,
  });
  const files = new Map([[unitFile(context), unit]]);
  if (!options.anyHost) files.set(hostDropIn(unitFile(context)), renderHostDropIn(hostname()));
  const commands = [
    ['systemctl', '--user', 'daemon-reload'],
    ['systemctl', '--user', 'enable', unitName],
    // Whatever it counted before: five starts in ten minutes, by hand too, and it starts nothing any more.
    ['systemctl', '--user', 'reset-failed', unitName],
    ['systemctl', '--user', 'restart', unitName],
  ] as const;
  if (options.dryRun) {
    for (const [file, text] of files) context.stdout.write(`# ${file}\n${text}\n`);
    context.stdout.write(commands.map((words) => `$ ${words.join(' ')}\n`).join(''));
    return;
  }
  for (const [file, text] of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o644 });
    context.stderr.write(`wrote ${file}\n`);
  }
  for (const [command, ...words] of commands) {
    const { error } = attempt(() => run(command, words));
    // A unit that never failed may be unknown to it.
    if (error !== null && !words.some((word) => word === 'reset-failed'))
      throw new UserError(
        `${command} ${words.join(' ')}: ${error} (journalctl --user -u ${unitName} says more)`,
        exitCodes.unavailable,
      );
  }
  context.stderr.write(`started; it watches ${root}\n`);
  const hint = `a line "root: ${root}" in the config makes --root needless`;
  context.stderr.write(`what it does: tlw status --root ${root} (${hint})\n`);
  settleLinger(context, run);
}

/** A service of a user ends with the last session unless the user lingers. */
function settleLinger(context: CommandContext, run: Run): void {
  if (readLinger(run) === 'yes') return;
  const { error } = attempt(() => run('loginctl', ['enable-linger']));
  context.stderr.write(
    error === null
      ? 'it goes on after logout (linger is enabled)\n'
      : `it stops some seconds after your last logout: loginctl enable-linger was refused (${error}). Ask an administrator for "loginctl enable-linger $USER", or keep a session open\n`,
  );
}

function noManager({ trouble }: UserManager): UserError {
  return new UserError(
    `expected a systemd user manager, but ${trouble}. Ways out: log in by ssh with PAM (XDG_RUNTIME_DIR must be set); run "tlw watch" in tmux; or "tlw service install --cron"`,
    exitCodes.config,
  );
}

function uninstall(context: CommandContext, options: { cron?: true; scrontab?: true }, run: Run): void {
  if (options.cron || options.scrontab) {
    editCrontab(context, options.scrontab ? 'scrontab' : 'crontab', run, false, withoutCronLine);
    return;
  }
  if (!existsSync(unitFile(context)))
    throw new UserError(`${unitFile(context)}: expected an installed service, found none`, exitCodes.noInput);
  const { error } = attempt(() => run('systemctl', ['--user', 'disable', '--now', unitName]));
  if (error !== null) context.stderr.write(`systemctl: ${error}\n`);
  rmSync(unitFile(context));
  rmSync(dirname(hostDropIn(unitFile(context))), { recursive: true, force: true });
  attempt(() => run('systemctl', ['--user', 'daemon-reload']));
  context.stderr.write('removed; database and outputs stay\n');
}

function status(context: CommandContext, run: Run): void {
  const isInstalled = existsSync(unitFile(context));
  const manager = findUserManager(run);
  const wanted = [
    'ActiveState',
    'SubState',
    'Result',
    'ExecMainStatus',
    'StatusText',
    'NRestarts',
    'ExecMainPID',
    'ActiveEnterTimestamp',
    'InactiveEnterTimestamp',
  ];
  const { output } = attempt(() =>
    run('systemctl', ['--user', 'show', unitName, ...wanted.map((name) => `--property=${name}`)]),
  );
  const facts = new Map(
    output.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const isActive = facts.get('ActiveState') === 'active';
  const lines = [
    ['installed', isInstalled ? unitFile(context) : 'no (tlw service install)'],
    ['manager', manager.trouble ?? `systemd ${manager.version}`],
    ...(isInstalled && manager.trouble === null
      ? [
          [
            'state',
            `${facts.get('ActiveState') ?? '?'} (${facts.get('SubState') ?? '?'}) since ${facts.get(isActive ? 'ActiveEnterTimestamp' : 'InactiveEnterTimestamp') || 'it was installed'}`,
          ],
          ...(isActive ? [['says', facts.get('StatusText') || 'nothing']] : []),
          ...(facts.get('ActiveState') === 'failed' ? [['to do', failureAdvice(facts)]] : []),
          ['restarts', facts.get('NRestarts') ?? '0'],
          ['linger', readLinger(run)],
        ]
      : []),
  ];
  for (const [name = '', value = ''] of lines) context.stdout.write(`${name.padEnd(10)} ${value}\n`);
  if (!isInstalled || facts.get('ActiveState') !== 'active') context.setExitCode(exitCodes.unavailable);
}

function failureAdvice(facts: ReadonlyMap<string, string>): string {
  const journal = `journalctl --user -u ${unitName} says why it failed (exit code ${facts.get('ExecMainStatus') ?? '?'})`;
  return `${journal}; once that is mended: systemctl --user reset-failed ${unitName}, and start it`;
}

function editCrontab(
  context: CommandContext,
  command: 'crontab' | 'scrontab',
  run: Run,
  isDry: boolean,
  edit: (text: string) => string,
): void {
  // Without a crontab, `crontab -l` fails: then it is empty.
  const before = attempt(() => run(command, ['-l'])).output;
  const after = edit(before);
  if (isDry) {
    context.stdout.write(after);
    return;
  }
  const { error } = attempt(() => run(command, ['-'], after));
  if (error !== null) {
    const reason = error.includes('ENOENT') ? 'expected this command, this host has none' : error;
    throw new UserError(`${command}: ${reason}`, exitCodes.unavailable);
  }
  context.stderr.write(`${command}: ${after === before ? 'nothing to change' : 'changed'}\n`);
}
