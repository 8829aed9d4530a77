/** The systemd unit for one install of the program, from the one that ships. Pure. */

export interface UnitOptions {
  /** Text of systemd/training-log-wizard.service. */
  readonly template: string;
  /** Absolute paths of the node binary and of the program's cli.js. */
  readonly node: string;
  readonly program: string;
  /** What stands behind `cli.js`: `['watch', '--root', '/scratch/u/OUTPUTS']`. */
  readonly words: readonly string[];
  /** As `systemctl --version` prints it: 252. */
  readonly systemdVersion: number;
}

/** A watcher makes few objects, and lives for months: a small nursery saves 25 MB and costs nothing that can be measured. */
export const nodeFlags = ['--max-semi-space-size=2'] as const;

/** sd_notify is only dependable from a child process since systemd 246; Type=exec came with 240. */
const notifyVersion = 246;
const execVersion = 240;

/** The unit's text; what this systemd is too old for is left out. */
export function renderUnit({ template, node, program, words, systemdVersion }: UnitOptions): string {
  const command = [node, ...nodeFlags, program, ...words].map(unitWord).join(' ');
  const lines = template.split('\n').map((line) => (line.startsWith('ExecStart=') ? `ExecStart=${command}` : line));
  if (systemdVersion >= notifyVersion) return lines.join('\n');
  const type = systemdVersion >= execVersion ? 'exec' : 'simple';
  return lines
    .filter((line) => !/^(?:NotifyAccess|WatchdogSec)=/.test(line) && !line.includes('NotifyAccess=main'))
    .map((line) => (line.startsWith('Type=') ? `Type=${type}` : line))
    .join('\n');
}

/** A drop-in that lets the unit of a shared home start on one login node only. */
export function renderHostDropIn(host: string): string {
  return `# The home folder may be shared by several login nodes: only this one runs the service.\n[Unit]\nConditionHost=${host}\n`;
}

/** The version of `systemd 252 (252.38-1~deb12u1)`; undefined where the text is another. */
export function maybeSystemdVersion(text: string): number | undefined {
  const match = /^systemd (\d+)/.exec(text);
  return match ? Number(match[1]) : undefined;
}

/** A word of a command line as systemd reads it: `%` and `$` stand for themselves, blanks and quotes in quotes. */
export function unitWord(word: string): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(plain) ? plain : `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** Marks the lines that are ours in a crontab. */
export const cronMark = '# training-log-wizard';

/** A crontab with the program's line in place of an earlier one. `every` is in minutes, below 60. */
export function withCronLine(
  crontab: string,
  { node, program, words, every }: { node: string; program: string; words: readonly string[]; every: number },
): string {
  const command = ['nice', node, program, ...words].map(shellWord).join(' ').replaceAll('%', '\\%');
  return `${withoutCronLine(crontab)}*/${every} * * * * ${command} ${cronMark}\n`;
}

/** The same without it. */
export function withoutCronLine(crontab: string): string {
  const kept = crontab.split('\n').filter((line) => !line.endsWith(cronMark) && line !== '');
  return kept.map((line) => `${line}\n`).join('');
}

/** A Slurm scrontab: its options stand in a line of their own. */
export function withScronLine(
  crontab: string,
  options: { node: string; program: string; words: readonly string[]; every: number },
): string {
  const line = withCronLine('', options);
  return `${withoutScronLine(crontab)}#SCRON --time=00:30:00 --job-name=tlw ${cronMark}\n${line}`;
}

/** The same without it. */
export const withoutScronLine = withoutCronLine;

/** A word of a command line as a shell reads it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
