/**
 * srun and MPICH: which newlines are a task's own, and what in brackets is a tag, is told by evidence from the whole log. That
 * judgement is the program's own; here it sees the log as one block, and what it decides is put together byte by byte.
 */
import type { Launcher } from '../../src/log/launchers/index.js';
import type { PieceTaker, Stream } from '../../src/log/unweave.js';
import type { Source } from './demultiplex.js';
import { type OpenStream, type StreamLine, Streams } from './streams.js';

export function splitByEvidence({ bytes, offsetAt }: Source, launcher: Launcher): StreamLine[] {
  const streams = new Streams();
  const made = new Map<OpenStream, Stream>();
  const opened = new Map<Stream, OpenStream>();
  const of = (stream: Stream): OpenStream => opened.get(stream) as OpenStream;
  const taker: PieceTaker = {
    stream(rank, kind) {
      const own = streams.of(rank, kind);
      const known = made.get(own);
      if (known) return known;
      const nothing = Buffer.alloc(0);
      const carry = {
        carry: nothing,
        store: nothing,
        carryMarks: [],
        dropped: 0,
        isCut: false,
        pieces: [],
        doubt: undefined,
      };
      const stream: Stream = { rank, kind, ...carry };
      made.set(own, stream);
      opened.set(stream, own);
      return stream;
    },
    open() {},
    append(stream, start, end) {
      for (let at = start; at < end; at += 1) streams.put(of(stream), bytes[at] as number, offsetAt(at));
    },
    isOpen: (stream) => streams.isOpen(of(stream)),
    join: (stream) => streams.join(of(stream)),
    doubt: (stream, doubt) => streams.doubt(of(stream), doubt),
    endLine: (stream) => streams.end(of(stream)),
  };
  const splitter = launcher.splitter(taker, (offset) => {
    let from = 0;
    while (from < bytes.length && offsetAt(from) < offset) from += 1;
    return { bytes: bytes.subarray(from), isWhole: true };
  });
  splitter.split({ bytes, from: 0, to: bytes.length, locate: offsetAt, final: true });
  return streams.close();
}
