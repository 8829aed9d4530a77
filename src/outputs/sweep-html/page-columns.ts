/** The table of the page by columns, each as short as it can be. */

import { fieldNames, fieldOf, varyingSettings } from '../../ask/fields.js';
import { escapeText } from '../../escape-text.js';
import type { ExperimentOverview } from '../../summary.js';
import type { SweepData } from '../sweep/data.js';
import { bestOf } from '../workbook/experiment-columns.js';
import { finalOf } from '../workbook/order.js';
import type { PageCell, PageColumn, PageColumnKind } from './page-data.js';

/** More settings than these make a table that nobody can take in: the others can be chosen. */
const maxShownSettings = 12;
const maxAxes = 10;

type Get = (experiment: ExperimentOverview) => string | number | null | undefined;

/** Every column of the page, in order. */
export function pageColumnsOf(data: SweepData): PageColumn[] {
  const { sorted, objective } = data;
  const column = (id: string, kind: PageColumnKind, get: Get, isShown = true, title = id): PageColumn => {
    const cells = sorted.map((experiment) => cellOf(get(experiment)));
    const words = kind === 'setting' || kind === 'text' || kind === 'status' ? wordsOf(cells) : undefined;
    return {
      ...{ id, title, kind, isShown: isShown && cells.some((cell) => cell !== null && cell !== '') },
      ...(words ? { cells: cells.map((cell) => indexOf(words, cell)), words: [...words.keys()] } : { cells }),
    };
  };
  const field = (id: string, kind: PageColumnKind, isShown = true, title = id) =>
    column(id, kind, (experiment) => fieldOf(experiment, id), isShown, title);
  const verdict = objective
    ? [
        column(objective.metric, 'figure', (e) => finalOf(e, objective.metric)),
        column(`best_${objective.metric}`, 'figure', (e) => bestOf(e, objective)?.value, true, 'best'),
        column('best_epoch', 'integer', (e) => bestOf(e, objective)?.epoch, true, 'at'),
      ]
    : [];
  const columns = [
    column('#', 'place', (experiment) => data.places.get(experiment.key)),
    field('status', 'status'),
    ...verdict,
    ...settingNames(data).map((id, index) => field(id, 'setting', isVarying(data, id) && index < maxShownSettings)),
    ...metricNames(data).map((id) => field(id, 'figure', false)),
    field('ranks', 'integer'),
    field('nodes', 'integer', false),
    field('epochs', 'integer', true),
    field('planned', 'integer', false),
    field('time', 'seconds'),
    field('seconds_per_epoch', 'seconds', false, 'time per epoch'),
    field('early_stop', 'integer', false, 'early stop'),
    field('job', 'text', false),
    field('host', 'text', false, 'hosts'),
    field('name', 'text'),
    field('tags', 'text'),
    field('notes', 'text'),
    column('last_words', 'text', ({ run }) => run.reason, true, 'last words'),
  ];
  // A setting goes before a fact of the same name, as it does in `--where`.
  return columns.filter(({ id }, index) => columns.findIndex((other) => other.id === id) === index);
}

/** Axes of the parallel coordinates: the settings that matter most, then the objective. */
export function pageAxesOf({ varying, objective }: SweepData): string[] {
  return [...varying.slice(0, maxAxes), ...(objective ? [objective.metric] : [])];
}

function isVarying({ varying }: SweepData, name: string): boolean {
  return varying.includes(name);
}

/** Those that vary first, then repeats' names, then constants. */
function settingNames({ experiments, varying }: SweepData): string[] {
  const all = experiments.flatMap(({ hyperparameters }) => hyperparameters.map(({ name }) => name));
  const repeats = varyingSettings(experiments);
  return [...new Set([...varying, ...repeats, ...all])];
}

function metricNames({ experiments, objective }: SweepData): string[] {
  const known = new Set(experiments.flatMap(({ summary }) => [...summary.metrics.keys()]));
  return fieldNames(experiments).filter((name) => known.has(name) && name !== objective?.metric);
}

function cellOf(value: string | number | null | undefined): PageCell {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return escapeText(value);
  // Six digits are more than is shown, and fewer than noise.
  return Number.isFinite(value) ? Number(value.toPrecision(7)) : String(value);
}

function wordsOf(cells: readonly PageCell[]): Map<string, number> {
  const words = new Map<string, number>();
  for (const cell of cells) if (cell !== null && !words.has(String(cell))) words.set(String(cell), words.size);
  return words;
}

function indexOf(words: ReadonlyMap<string, number>, cell: PageCell): number | null {
  return cell === null ? null : (words.get(String(cell)) ?? null);
}
