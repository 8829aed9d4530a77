/** Pages on which each process can be looked at; left out where all ranks printed the same. */

import type { MetricCurves } from './curves.js';
import { baseOf, type ReportData, trainingOf, validationOf } from './data.js';
import type { Findings } from './findings.js';
import type { Page } from './page.js';
import { smallMultiplesOf } from './small-multiples.js';
import { timePageOf } from './time-page.js';

/** Small multiples of the objective and the loss, then the time per step. */
export function rankPagesOf(data: ReportData, findings: Findings): Page[] {
  const bases = [...new Set([baseOf(data.objective ?? ''), 'loss'])];
  const multiples = bases.flatMap((base) => {
    const [training, validation] = [trainingOf(data, base), validationOf(data, base)];
    return differs(training) || differs(validation) ? smallMultiplesOf(data, findings, base) : [];
  });
  const { secondsPerStep } = data.curves;
  return [...multiples, ...(differs(secondsPerStep) ? [timePageOf(data, secondsPerStep)] : [])];
}

function differs(curves: MetricCurves | undefined): curves is MetricCurves {
  return curves !== undefined && !curves.isShared && curves.byRank.length > 1;
}
