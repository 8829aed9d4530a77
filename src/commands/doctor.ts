import { ConfigError, type LoadedConfig } from '../config.js';
import { startJobs } from '../daemon/jobs.js';
import { stateFolderOf } from '../daemon/places.js';
import { messageOf } from '../errors.js';
import { runCommand } from '../service/user-manager.js';
import { exitCodes } from '../user-error.js';
import { type Command, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { checkBrokenConfig, checkConfig } from './doctor/config-checks.js';
import { doctorText, type Section } from './doctor/doctor-text.js';
import { type Finding, fail, warn } from './doctor/finding.js';
import { checkHost } from './doctor/host-checks.js';
import { checkPlaces } from './doctor/place-checks.js';
import { checkProgram } from './doctor/program-checks.js';
import { checkService } from './doctor/service-checks.js';
import { checkWatcher } from './doctor/watcher-checks.js';
import { examples } from './help.js';
import { unitFile } from './service-files.js';

/** `tlw doctor`: is everything as the watcher needs it here, and what to do where it is not. */
export function doctorCommand(context: CommandContext): Command {
  return newCommand('doctor')
    .description(
      'Looks at the program, this host, the file systems of root, state and outputs, the service, the watcher and its ' +
        'budget, and the config; says of each whether it is well and what to do if not. Leaves nothing behind. Exits with 0, or ' +
        'with the code of the first failure; warnings do not change it.',
    )
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--json', 'as JSON')
    .addHelpText('after', examples('tlw doctor', 'tlw doctor --root OUTPUTS', 'tlw doctor --json'))
    .action(async (options: { root?: string; json?: true }) => {
      const sections = await examine(context, options.root);
      const findings = sections.flatMap(([section, found]) => found.map((finding) => ({ section, ...finding })));
      const { stdout } = context;
      const isColoured = stdout.isTTY === true && !context.environment.NO_COLOR;
      stdout.write(
        options.json
          ? `${JSON.stringify(findings, null, 2)}\n`
          : doctorText(sections, {
              isColoured,
              width: Math.min(120, stdout.columns ?? 100),
              home: context.environment.HOME,
            }),
      );
      const failure = findings.find(({ level }) => level === 'fail');
      if (failure !== undefined) context.setExitCode(failure.exitCode);
    });
}

async function examine(context: CommandContext, root: string | undefined): Promise<Section[]> {
  const { loaded, problems } = load(context, root);
  const jobs = startJobs(1);
  try {
    const config = problems ?? (loaded === undefined ? [] : checkConfig(loaded, context));
    return [
      ['program', await checkProgram(jobs)],
      ['this host', guarded('host', () => checkHost(runCommand))],
      ['places', loaded === undefined ? [] : await checkRoot(context, loaded, jobs)],
      ['service', guarded('service', () => checkService(unitFile(context), runCommand))],
      ['config', config],
    ];
  } finally {
    await jobs.close();
  }
}

/** With a broken config, what does not need it is looked at all the same. */
function load(context: CommandContext, root: string | undefined): { loaded?: LoadedConfig; problems?: Finding[] } {
  try {
    return { loaded: context.loadConfig([rootFlag(root)]) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: checkBrokenConfig(error) };
  }
}

async function checkRoot(
  context: CommandContext,
  loaded: LoadedConfig,
  jobs: ReturnType<typeof startJobs>,
): Promise<Finding[]> {
  const { config } = loaded;
  if (config.root === null)
    return [warn('root', 'none is named', 'tlw doctor --root DIR looks at file systems and watcher too')];
  const stateFolder = stateFolderOf(config.root, config, context.environment);
  const places = { root: config.root, stateFolder, config };
  const findings = await checkPlaces(places, jobs);
  // What even a child got no answer of is not asked again.
  const hasRoot = findings.every(({ topic, level }) => topic !== 'root' || level !== 'fail');
  const watcher = await checkWatcher(context, loaded, { root: hasRoot ? config.root : null, stateFolder, jobs });
  return [...findings, ...watcher];
}

/** What a check did not expect is a finding too, and keeps no other from being made. */
function guarded(topic: string, check: () => Finding[]): Finding[] {
  try {
    return check();
  } catch (error) {
    const advice = 'please report this: the doctor did not expect it';
    return [fail(topic, messageOf(error), advice, exitCodes.internal)];
  }
}
