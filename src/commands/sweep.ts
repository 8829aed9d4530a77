import { inferSweep, type Sweep } from '../ask/sweep.js';
import { escapeText } from '../escape-text.js';
import type { ListedExperiment } from '../summary.js';
import { exitCodes, UserError } from '../user-error.js';
import { type Command, newCommand } from './command.js';
import type { CommandContext } from './context.js';
import { ageNote, withData } from './data.js';
import { examplesWithSession } from './help.js';
import { type Format, printTable, type TextTable, withFormat } from './print-table.js';
import { widthOf } from './terminal-table.js';

/** `tlw sweep`: the grid, and what of it is missing. */
export function sweepCommand(context: CommandContext): Command {
  const command = newCommand('sweep')
    .description(
      'Infers from the names which settings vary over which values, and shows what of the grid has been run. With --missing it prints the shell loop that runs the rest.',
    )
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--missing', 'print a shell loop over what is missing or died')
    .option('--json', 'the same as --format json');
  return withFormat(command)
    .addHelpText('after', examplesWithSession('sweep', 'tlw sweep', 'tlw sweep --missing > run_missing.sh'))
    .action((options: { root?: string; missing?: true; json?: true; format: Format }) =>
      withData(context, options, (data) => {
        const { experiments, config } = data;
        const sweep = inferSweep(experiments, config.repeatKeys);
        if (sweep.axes.length === 0) throw new UserError('no setting varies, so there is no grid', exitCodes.noInput);
        const format = options.json ? 'json' : options.format;
        if (format === 'json') context.stdout.write(`${JSON.stringify(plain(sweep), null, 2)}\n`);
        else if (format !== 'table') printTable(context, format, cellTable(sweep));
        else
          context.stdout.write(options.missing ? missingLoop(sweep, experiments, config.repeatKeys) : describe(sweep));
        const isList = options.missing === true || format !== 'table';
        if (isList && sweep.holeCount > sweep.holes.length)
          context.stderr.write(
            `${sweep.holes.length} of ${sweep.holeCount} combinations that were not run are listed\n`,
          );
        if (format === 'table') context.stderr.write(`${ageNote(data, Date.now())}\n`);
      }),
    );
}

function describe(sweep: Sweep): string {
  const width = Math.max(8, ...sweep.axes.map(({ setting }) => widthOf(setting)));
  const lines = [
    ...sweep.axes.map(
      ({ setting, values }) =>
        `${setting}${' '.repeat(width - widthOf(setting))} ${values.map((value) => value ?? '–').join('  ')}`,
    ),
    `${'constant'.padEnd(width)} ${[...sweep.constants].map(([name, value]) => `${name} ${value}`).join(' · ') || 'nothing'}`,
    '',
    `${sweep.cells} combinations: ${sweep.finished} finished, ${sweep.running} running, ${sweep.dead} died, ${sweep.holeCount} not run; ${sweep.repeats} run more than once`,
    ...(sweep.unnamed > 0
      ? [
          `left out: ${sweep.unnamed === 1 ? '1 experiment whose name has' : `${sweep.unnamed} experiments whose names have`} no settings`,
        ]
      : []),
    ...sweep.deadCells
      .slice(0, 10)
      .map(
        ({ settings, experiments }) =>
          `died     ${pairs(settings)}: ${experiments[0]?.run.reason ?? experiments[0]?.run.status ?? ''}`,
      ),
    ...sweep.holes.slice(0, 10).map((hole) => `not run  ${pairs(hole)}`),
    ...(sweep.holeCount > 10 ? [`         and ${sweep.holeCount - 10} more (tlw sweep --missing)`] : []),
  ];
  return lines.map((line) => `${escapeText(line)}\n`).join('');
}

/** A row for each combination that died or was not run. */
function cellTable({ axes, deadCells, holes }: Sweep): TextTable {
  const names = axes.map(({ setting }) => setting);
  const cells = (settings: ReadonlyMap<string, string>) => names.map((name) => settings.get(name) ?? null);
  return {
    columns: [
      ...names.map((header) => ({ header, align: 'right' }) as const),
      ...['what became of it', 'experiment', 'last words'].map((header) => ({ header })),
    ],
    rows: [
      ...deadCells.map(({ settings, experiments: [first] }) => [
        ...[...cells(settings), first?.run.status ?? 'died', first?.name ?? null, first?.run.reason ?? null],
      ]),
      ...holes.map((hole) => [...cells(hole), 'not run', null, null]),
    ],
    text: {},
  };
}

function pairs(settings: ReadonlyMap<string, string>): string {
  return [...settings].map(([name, value]) => `${name} ${value}`).join(', ');
}

/** A loop in the form of examples/run_experiments.sh: one line of settings each, handed to the function `train`. */
function missingLoop(sweep: Sweep, experiments: readonly ListedExperiment[], repeatKeys: readonly string[]): string {
  // As the runs write them; what the first has not stands behind.
  const order = [...new Set(experiments.flatMap(({ hyperparameters }) => hyperparameters.map(({ name }) => name)))];
  const cells = [...sweep.holes, ...sweep.deadCells.map(({ settings }) => settings)];
  const flags = new Set<string>();
  for (const { hyperparameters } of experiments)
    for (const { name, values } of hyperparameters) if (values.length === 0) flags.add(name);
  const written = (name: string, value: string | undefined): string[] => {
    if (value === undefined) return [];
    return [flags.has(name) ? name : [name, ...value.split(' ')].join('_')];
  };
  const names = cells.map((cell) =>
    order
      .filter((name) => !repeatKeys.includes(name))
      .flatMap((name) => written(name, cell.get(name) ?? sweep.constants.get(name)))
      .join('-'),
  );
  return [
    '#!/usr/bin/env bash',
    `# ${sweep.holeCount} combinations that were not run and ${sweep.dead} that died. Put your own mpirun line into train().`,
    'set -euo pipefail',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
    'OUTPUTS=${OUTPUTS:-OUTPUTS/experiments_1_nodes}',
    'train() { # NAME: its settings are in the name',
    '  mpirun --tag-output --report-bindings --oversubscribe python train.py --name "$1" 2>&1 | tee "$OUTPUTS/$1/$1.log"',
    '}',
    'for name in \\',
    ...names.map((name, i) => `  ${shellWord(name)}${i < names.length - 1 ? ' \\' : ''}`),
    'do',
    '  [ -e "$OUTPUTS/$name" ] && { echo "$name" >> "$OUTPUTS/skipped.txt"; continue; }',
    '  mkdir -p "$OUTPUTS/$name"',
    '  train "$name"',
    'done',
    '',
  ].join('\n');
}

function shellWord(text: string): string {
  return /^[\w.,=+@%-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function plain({ constants, holes, deadCells, ...sweep }: Sweep): unknown {
  return {
    ...sweep,
    constants: Object.fromEntries(constants),
    holes: holes.map((hole) => Object.fromEntries(hole)),
    deadCells: deadCells.map(({ settings, experiments }) => ({
      settings: Object.fromEntries(settings),
      experiments: experiments.map(({ key }) => key),
    })),
  };
}
