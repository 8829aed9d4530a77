import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { configFiles, type LoadedConfig } from '../config.js';
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
import { editCrontab } from './service-cron.js';
import { hostDropIn, unitFile, unitName, withoutManager } from './service-files.js';
import { printServiceStatus } from './service-status.js';

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
      .action(() => printServiceStatus(context, runCommand)),
  );
  return command;
}

function install(context: CommandContext, options: InstallOptions, run: Run): void {
  const loaded = context.loadConfig([rootFlag(options.root)]);
  const { config } = loaded;
  if (config.root === null)
    throw new UserError(
      'expected the folder that holds the experiments: give --root, or set root in the config',
      exitCodes.config,
    );
  const place = { node: process.execPath, program: join(packageRoot, 'build/src/cli.js') };
  const root = resolve(context.folder, config.root);
  const named = namedConfig(context, loaded);
  sayLeftOut(context, loaded);
  if (options.cron || options.scrontab) {
    const words = ['--quiet', ...named, 'watch', '--once', '--root', root];
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
    words: [...named, 'watch', '--root', root],
    systemdVersion: manager.version ?? 246,
  });
  const files = new Map([[unitFile(context), unit]]);
  const oneHost = hostDropIn(unitFile(context));
  if (!options.anyHost) files.set(oneHost, renderHostDropIn(hostname()));
  // An earlier install may have kept it to one host.
  const surplus = options.anyHost && existsSync(oneHost) ? [oneHost] : [];
  const commands = [
    ['systemctl', '--user', 'daemon-reload'],
    ['systemctl', '--user', 'enable', unitName],
    // Whatever it counted before: five starts in ten minutes, by hand too, and it starts nothing any more.
    ['systemctl', '--user', 'reset-failed', unitName],
    ['systemctl', '--user', 'restart', unitName],
  ] as const;
  if (options.dryRun) {
    for (const [file, text] of files) context.stdout.write(`# ${file}\n${text}\n`);
    for (const file of surplus) context.stdout.write(`$ rm ${file}\n`);
    context.stdout.write(commands.map((words) => `$ ${words.join(' ')}\n`).join(''));
    return;
  }
  for (const [file, text] of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o644 });
    context.stderr.write(`wrote ${file}\n`);
  }
  for (const file of surplus) {
    rmSync(file);
    context.stderr.write(`removed ${file}\n`);
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

/** A service sees neither this shell's variables nor this command's flags: a config that one of them names goes with it. */
function namedConfig({ environment, folder }: CommandContext, { files }: LoadedConfig): string[] {
  const usual = configFiles({ environment: { ...environment, TLW_CONFIG: undefined } }).map(({ path }) => path);
  return files.filter((file) => !usual.includes(file)).flatMap((file) => ['--config', resolve(folder, file)]);
}

function sayLeftOut({ stderr }: CommandContext, { origins }: LoadedConfig): void {
  const lost = [...new Set(origins.values())].filter((origin) => /^(?:--set|environment) /.test(origin));
  if (lost.length > 0) stderr.write(`tlw: not taken along, put it into a config: ${lost.join(', ')}\n`);
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
    `expected a systemd user manager, but ${trouble}. Ways out: ${withoutManager}`,
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
  // What was enabled stays so where nobody answers.
  rmSync(join(dirname(unitFile(context)), 'default.target.wants', unitName), { force: true });
  rmSync(hostDropIn(unitFile(context)), { force: true });
  const folder = dirname(hostDropIn(unitFile(context)));
  const others = existsSync(folder) ? readdirSync(folder) : [];
  if (others.length > 0)
    context.stderr.write(`kept your own drop-ins: ${others.map((name) => join(folder, name)).join(', ')}\n`);
  else rmSync(folder, { recursive: true, force: true });
  attempt(() => run('systemctl', ['--user', 'daemon-reload']));
  context.stderr.write('removed; database and outputs stay\n');
}
