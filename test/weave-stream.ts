/** What one rank writes to one of its streams, write by write, with the records in it whose figures are known. */

export type StreamName = 'stdout' | 'stderr';

/** One write() of a rank. */
export interface Write {
  readonly stream: StreamName;
  readonly bytes: Buffer;
}

/** The record of an epoch, as it was printed. */
export interface TrueRecord {
  readonly segment: number;
  readonly epoch: number;
  /** Byte offsets in the rank's standard output at which it begins, and behind its end. */
  readonly offset: number;
  readonly end: number;
  /** By name as printed. */
  readonly figures: ReadonlyMap<string, number>;
  /** evaluate() printed a record of the same form beside it, and nothing tells which one is the epoch's. */
  readonly isAmbiguous: boolean;
}

/** What one rank really printed. */
export interface TrueRank {
  readonly rank: number;
  readonly writes: readonly Write[];
  /** In the order printed. */
  readonly records: readonly TrueRecord[];
  readonly plannedEpochs: number | null;
  readonly stepsPerEpoch: number | null;
  readonly earlyStopEpoch: number | null;
  readonly end: 'completed' | 'early_stopped' | 'diverged';
}

/** Collects the writes of a rank and knows how many bytes its standard output has. */
export class Printer {
  readonly writes: Write[] = [];
  /** Bytes printed to the standard output so far. */
  offset = 0;

  print(text: string): void {
    if (text === '') return;
    const bytes = Buffer.from(text);
    this.writes.push({ stream: 'stdout', bytes });
    this.offset += bytes.length;
  }

  printError(text: string): void {
    this.writes.push({ stream: 'stderr', bytes: Buffer.from(text) });
  }
}
