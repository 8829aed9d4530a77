/** What stands out among the ranks, in at most three lines of words. */

import type { ReportData } from './data.js';
import { fewestRanksToCompare } from './deviation.js';
import { type Findings, oddRanksOf, type RankFinding } from './findings.js';
import { formatRanges, plural } from './format.js';
import { rankName } from './rank-layer.js';

export interface FindingLine {
  /** Set off from the text; empty where the line names nobody. */
  readonly name: string;
  readonly text: string;
}

const maxLines = 3;

/** The odd ranks, the farthest first, or why there are none; then the silent ones. */
export function findingLinesOf(data: ReportData, findings: Findings): FindingLine[] {
  const silent = silentLines(data);
  const odd = oddRanksOf(findings);
  if (odd.length === 0) return [{ name: '', text: quietText(data, findings) }, ...silent];
  const room = maxLines - silent.length;
  const shown = odd.slice(0, odd.length > room ? room - 1 : room);
  return [...shown.map(oddLine), ...restLines(odd.slice(shown.length)), ...silent];
}

function oddLine({ rank, reasons }: RankFinding): FindingLine {
  const name = rankName(rank);
  return { name: rank.host === null ? name : `${name} on ${rank.host}`, text: reasons.join('  ·  ') };
}

function restLines(rest: readonly RankFinding[]): FindingLine[] {
  if (rest.length === 0) return [];
  const numbers = formatRanges(rest.flatMap(({ rank }) => rank.rank ?? []));
  return [{ name: plural(rest.length, 'more rank'), text: `stand out: ${numbers}` }];
}

function quietText({ experiment: { run } }: ReportData, { measures }: Findings): string {
  const { ranks, rankRelation } = run;
  if (measures.length > 0) return `Nothing stands out: the ranks are alike in ${measures.join(', ')}.`;
  if (ranks.some(({ rank }) => rank === null)) {
    return 'The log has no rank tags: nobody can tell whose figures these are.';
  }
  if (rankRelation === 'one_rank_prints')
    return `Rank ${(ranks.find(({ epochs }) => epochs.length > 0) ?? ranks[0])?.rank ?? 0} prints for all; the others are silent by design.`;
  if (ranks.length === 1) return 'One rank: nothing to compare.';
  if (ranks.length < fewestRanksToCompare) return `${plural(ranks.length, 'rank')}: too few to tell an odd one.`;
  return 'All ranks printed the same figures.';
}

/** Ranks that the run had but the log does not show. */
function silentLines({ experiment: { run }, summary }: ReportData): FindingLine[] {
  const silent = summary.ranks - run.ranks.length;
  const isExpected = run.rankRelation === 'one_rank_prints' || run.ranks.some(({ rank }) => rank === null);
  return silent <= 0 || isExpected
    ? []
    : [{ name: '', text: `${silent} of ${plural(summary.ranks, 'rank')} printed nothing.` }];
}
