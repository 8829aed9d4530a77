import { existsSync } from 'node:fs';
import { attempt, findUserManager, type Run, readLinger } from '../service/user-manager.js';
import { exitCodes } from '../user-error.js';
import type { CommandContext } from './context.js';
import { unitFile, unitName, withoutManager } from './service-files.js';

const properties = [
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

/** Prints what systemd says of the service, and what to do where it does not run. */
export function printServiceStatus(context: CommandContext, run: Run): void {
  const isInstalled = existsSync(unitFile(context));
  const manager = findUserManager(run);
  const { output } = attempt(() =>
    run('systemctl', ['--user', 'show', unitName, ...properties.map((name) => `--property=${name}`)]),
  );
  const facts = new Map(
    output.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const isActive = facts.get('ActiveState') === 'active';
  const lines = [
    ['installed', isInstalled ? unitFile(context) : 'no (tlw service install)'],
    ['manager', manager.trouble ?? `systemd ${manager.version}`],
    ...(manager.trouble === null ? [] : [['to do', withoutManager]]),
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
