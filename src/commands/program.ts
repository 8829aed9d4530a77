import { program as packageProgram } from '../package.js';
import { type Command, newCommand } from './command.js';
import { examples } from './help.js';

/** The options that all commands share. */
export interface SharedOptions {
  readonly config?: string;
  readonly set?: string[];
  readonly logFormat?: string;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** The program without its commands. */
export function createProgram(): Command {
  return newCommand('tlw')
    .description('Turns the logs of distributed training runs into a database, reports and a workbook.')
    .option('-c, --config <file>', 'a config file, besides those that are read anyway')
    .option(
      '--set <option=value>',
      'set an option of the config, such as depth=2; may be given several times',
      (value: string, values: string[] = []) => [...values, value],
    )
    .option('--log-format <format>', 'text, systemd, json or auto')
    .option('-q, --quiet', 'say only what went wrong')
    .option('-v, --verbose', 'say more')
    .version(packageProgram.version, '-V, --version', 'print the version')
    .addHelpText('after', examples('tlw watch --root OUTPUTS --once', 'tlw parse train.log', 'tlw watch --help'))
    .showHelpAfterError('(--help shows what is possible)');
}
