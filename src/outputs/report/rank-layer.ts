/** The curves of all ranks as one layer of a panel: a line each, a colour scale, or a median with a band. */

import type { Rank } from '../../experiment.js';
import type { ChartBand } from '../chart.js';
import { maxLegendEntries, palette, type Stroke, strokeOf } from './colours.js';
import { figuresAt, type MetricCurves } from './curves.js';
import { deviationsOf, oddScore } from './deviation.js';
import type { LegendEntry } from './legend.js';
import type { PanelLine } from './panel.js';
import { quantile } from './statistics.js';

export interface RankLayer {
  readonly lines: readonly PanelLine[];
  readonly bands: readonly ChartBand[];
  readonly legend: readonly LegendEntry[];
}

/** Ranks are alike when the middle 80 % of them take up less than this share of the height. */
const alikeShare = 0.3;
/** More lines than this cannot be told apart, whatever their colours. */
const maxLines = 256;
/** More lines than this of one colour are a smear. */
const maxQuietLines = 16;
const quietStroke: Stroke = { colour: '#7fb3d5', width: 0.7, dash: [] };
const bandColour = 'rgba(0, 114, 178, 0.20)';
const oddStrokes: readonly Stroke[] = [
  { colour: palette.vermillion, width: 1.1, dash: [] },
  { colour: palette.orange, width: 1.1, dash: [5, 2] },
  { colour: palette.purple, width: 1.1, dash: [1.5, 1.8] },
  { colour: palette.green, width: 1.1, dash: [6, 2, 1.5, 2] },
];

/** `noun` says what the curves are, e.g. `training`; none where the panel's title does. */
export function rankLayerOf(curves: MetricCurves, noun: string): RankLayer {
  const { byRank } = curves;
  if (curves.isShared || byRank.length === 1) {
    const stroke: Stroke = { colour: palette.blue, width: 1.1, dash: [] };
    const label = byRank.length > 1 ? named(noun, 'same on all ranks') : noun;
    return { lines: [{ y: curves.mean, stroke }], bands: [], legend: [{ kind: 'line', label, stroke }] };
  }
  if (byRank.length <= maxLegendEntries) return lineLayer(curves, noun);
  const band = bandOf(curves);
  if (byRank.length <= maxLines && !areAlike(curves, band)) return lineLayer(curves, noun);
  const odd = deviationsOf(curves)
    .filter(({ score }) => Math.abs(score) > oddScore)
    .sort((a, b) => Math.abs(b.score) - Math.abs(a.score))
    .map(({ rank }) => rank);
  return bandLayer(curves, band, noun, namedLines(curves, odd));
}

/** For a reader in a hurry: ranks alike in colour, or a band where they are many, and only the `odd` ones told apart. `isUnderMean`: their mean is drawn over them. */
export function quietLayerOf(
  curves: MetricCurves,
  odd: readonly Rank[],
  noun: string,
  isUnderMean: boolean,
): RankLayer {
  if (curves.isShared || curves.byRank.length === 1) return rankLayerOf(curves, noun);
  const told = namedLines(curves, odd);
  if (curves.byRank.length > maxQuietLines) {
    const layer = bandLayer(curves, bandOf(curves), noun, told);
    return isUnderMean ? { ...layer, lines: layer.lines.slice(1), legend: layer.legend.slice(1) } : layer;
  }
  const lines = curves.byRank.filter(({ rank }) => !odd.includes(rank)).map(({ y }) => ({ y, stroke: quietStroke }));
  return {
    lines: [...lines, ...told],
    bands: [],
    legend: [{ kind: 'line', label: named(noun, 'each rank'), stroke: quietStroke }, ...told.map(legendOf)],
  };
}

export function rankName(rank: Rank): string {
  return rank.rank === null ? 'unknown rank' : `rank ${rank.rank}`;
}

function lineLayer({ byRank }: MetricCurves, noun: string): RankLayer {
  const lines = byRank.map(({ y }, index) => ({
    y,
    stroke: strokeOf(index, byRank.length),
  }));
  const first = byRank[0];
  const last = byRank.at(-1);
  if (byRank.length > maxLegendEntries && first && last) {
    return {
      lines,
      bands: [],
      legend: [{ kind: 'scale', from: named(noun, rankName(first.rank)), to: rankName(last.rank) }],
    };
  }
  const legend = byRank.map(({ rank }, index) => ({
    kind: 'line' as const,
    label: rankName(rank),
    stroke: lines[index]?.stroke ?? strokeOf(index, byRank.length),
  }));
  return { lines, bands: [], legend };
}

function bandLayer(
  curves: MetricCurves,
  { low, middle, high }: Band,
  noun: string,
  told: readonly NamedLine[],
): RankLayer {
  const stroke: Stroke = { colour: palette.blue, width: 1, dash: [] };
  return {
    lines: [{ y: middle, stroke }, ...told],
    bands: [{ low, high, colour: bandColour }],
    legend: [
      { kind: 'line', label: named(noun, `median of ${curves.byRank.length} ranks`), stroke },
      { kind: 'band', label: 'middle 80 % of ranks', colour: bandColour },
      ...told.map(legendOf),
    ],
  };
}

function named(noun: string, what: string): string {
  return noun === '' ? what : `${noun}, ${what}`;
}

interface NamedLine extends PanelLine {
  readonly name: string;
}

/** The first few of `ranks`, each in a colour of its own. */
function namedLines(curves: MetricCurves, ranks: readonly Rank[]): NamedLine[] {
  return oddStrokes.flatMap((stroke, index) => {
    const curve = curves.byRank.find(({ rank }) => rank === ranks[index]);
    return curve ? [{ y: curve.y, stroke, name: rankName(curve.rank) }] : [];
  });
}

function legendOf({ name, stroke }: NamedLine): LegendEntry {
  return { kind: 'line', label: name, stroke };
}

function areAlike(curves: MetricCurves, { low, high }: Band): boolean {
  const finite = curves.mean.filter((value) => Number.isFinite(value)).sort();
  const height = quantile(finite, 1) - quantile(finite, 0);
  const widths = high
    .map((value, column) => value - (low[column] ?? Number.NaN))
    .filter((value) => Number.isFinite(value));
  return quantile(widths.sort(), 0.5) < alikeShare * height;
}

/** Quantiles over the ranks, column by column. */
interface Band {
  readonly low: Float64Array;
  readonly middle: Float64Array;
  readonly high: Float64Array;
}

function bandOf(curves: MetricCurves): Band {
  const empty = () => new Float64Array(curves.mean.length).fill(Number.NaN);
  const [low, middle, high] = [empty(), empty(), empty()];
  for (let column = 0; column < curves.mean.length; column++) {
    const sorted = Float64Array.from(figuresAt(curves, column)).sort();
    low[column] = quantile(sorted, 0.1);
    middle[column] = quantile(sorted, 0.5);
    high[column] = quantile(sorted, 0.9);
  }
  return { low, middle, high };
}
