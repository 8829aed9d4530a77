import type { Run } from '../experiment.js';

/** A file that only has the name of a log. */
export function binaryRun(bytes: number): Run {
  return {
    launcher: 'none',
    trainer: 'none',
    status: 'ignored',
    reason: 'binary data, not text',
    reasonRank: null,
    rankRelation: null,
    worldSize: null,
    jobId: null,
    metricNames: new Map(),
    ranks: [],
    receipt: {
      bytes,
      lines: 0,
      understood: 0,
      ignored: 0,
      repaired: 0,
      quarantined: 0,
      firstIgnored: null,
      firstRepaired: null,
      firstQuarantined: null,
      cutLines: 0,
      nulBytes: 0,
      badUtf8: 0,
      skippedValues: 0,
      replacedRows: 0,
      lastLineIncomplete: false,
      findings: [],
      notes: [],
    },
  };
}
