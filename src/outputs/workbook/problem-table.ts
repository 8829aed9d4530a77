/** The sheet Problems as a table: every run that did not come to its own end, with its last words. */

import type { Status } from '../../experiment.js';
import type { ExperimentOverview } from '../../summary.js';
import type { Table } from '../table.js';
import { isFinished } from './order.js';

/** The gravest first; a run that goes on is no trouble yet. */
const gravity: readonly Status[] = [
  'killed',
  'failed',
  'diverged',
  'stalled',
  'unreadable',
  'unrecognised',
  'empty',
  'gone',
  'running',
  'ignored',
];

export function problemTable(experiments: readonly ExperimentOverview[]): Table<ExperimentOverview> {
  const rows = experiments.filter(({ run, logState }) => !isFinished(run.status) || logState === 'parse_failed');
  return {
    columns: [
      { header: 'name', kind: 'text', meaning: 'Name of the experiment.', value: ({ name }) => name },
      { header: 'status', kind: 'status', meaning: 'What became of the run.', value: ({ run }) => run.status },
      { header: 'last words', kind: 'long_text', meaning: 'The line that says why.', value: ({ run }) => run.reason },
      { header: 'rank', kind: 'integer', meaning: 'The rank that said it first.', value: ({ run }) => run.reasonRank },
      {
        header: 'last epoch',
        kind: 'integer',
        meaning: 'Last epoch that a rank completed.',
        value: ({ summary }) => summary.lastEpoch,
      },
      {
        header: 'total epochs',
        kind: 'integer',
        meaning: 'Epochs planned.',
        value: ({ summary }) => summary.plannedEpochs,
      },
      {
        header: 'reading',
        kind: 'text',
        meaning: 'How far the program is with the log.',
        value: ({ logState }) => logState.replace('_', ' '),
      },
      {
        header: 'lines quarantined',
        kind: 'integer',
        meaning: 'Lines that could not be repaired, and were not guessed.',
        value: ({ run }) => run.receipt.quarantined || null,
      },
      { header: 'job', kind: 'text', meaning: 'Job of the scheduler.', value: ({ run }) => run.jobId },
      {
        header: 'last change',
        kind: 'time',
        meaning: 'When the log was last written to, UTC.',
        value: ({ log }) => new Date(log.mtimeMs),
      },
      { header: 'log', kind: 'path', meaning: 'Path of the log.', value: ({ key }) => key },
    ],
    rows: [...rows].sort((a, b) => gravity.indexOf(a.run.status) - gravity.indexOf(b.run.status)),
  };
}
