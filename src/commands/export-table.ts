import { tableOptionsOf } from '../daemon/root-outputs.js';
import { chooseObjective } from '../objective.js';
import type { Table } from '../outputs/table.js';
import { readableColumns, renderTable, type TableFormat } from '../outputs/table-export.js';
import { workbookTables } from '../outputs/workbook.js';
import { readEpochMeans } from '../store/read-epoch-means.js';
import { readOverviews } from '../store/read-overviews.js';
import { readRankRows } from '../store/read-rank-rows.js';
import type { CommandContext } from './context.js';
import { type DataOptions, withData } from './data.js';

/** The sheets of the workbook that can be had as text. */
export const tableNames = ['experiments', 'ranks', 'epochs', 'settings', 'problems'] as const;
export type TableName = (typeof tableNames)[number];

/** Prints a sheet of the workbook to stdout, whole, however many rows it has; people get the columns that tell rows apart. */
export function exportTable(
  context: CommandContext,
  options: DataOptions,
  name: TableName,
  format: TableFormat,
): Promise<void> {
  return withData(context, options, ({ store, config }) => {
    const experiments = readOverviews(store);
    const { metric, direction } = config.objective;
    const objective = chooseObjective(
      experiments.map(({ summary }) => summary),
      { metric: metric ?? undefined, direction: direction ?? undefined },
    );
    const tables = workbookTables({
      experiments,
      options: tableOptionsOf({ objective, config }),
      ranksOf: (key) => readRankRows(store, key),
      epochsOf: (key) => readEpochMeans(store, key),
    });
    switch (name) {
      case 'experiments':
        return write(context, tables.experiments, format);
      case 'ranks':
        return write(context, tables.ranks, format);
      case 'epochs':
        return write(context, tables.epochs, format);
      case 'settings':
        return write(context, tables.settings, format);
      case 'problems':
        return write(context, tables.problems, format);
    }
  });
}

function write<Row>({ stdout }: CommandContext, table: Table<Row>, format: TableFormat): void {
  const isForPeople = format === 'md' || format === 'latex';
  const shown = isForPeople ? { rows: table.rows, columns: readableColumns(table) } : table;
  for (const part of renderTable(shown, format)) stdout.write(part);
}
