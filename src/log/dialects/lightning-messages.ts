import type { Emit } from '../event.js';
import { maybeNumber } from '../numbers.js';
import type { LightningEpochs } from './lightning-epochs.js';

/** Reads what Lightning's trainer and callbacks log; returns whether it was one of their lines. */
export function readMessage(text: string, epochs: LightningEpochs, emit: Emit): boolean {
  for (const [pattern, read] of messages) {
    const match = pattern.exec(text);
    if (!match) continue;
    read(match, epochs, emit);
    return true;
  }
  return false;
}

type ReadMessage = (match: RegExpExecArray, epochs: LightningEpochs, emit: Emit) => void;

const messages: readonly (readonly [RegExp, ReadMessage])[] = [
  [
    /Epoch (\d+), (?:global )?step \d+: '?([^\s':]+)'? reached (\S+) \(best /,
    ([, epoch, name = '', value = ''], epochs, emit) => {
      const figure = maybeNumber(value);
      if (figure === undefined) emit({ kind: 'skipped_value' });
      else epochs.checkpoint(Number(epoch), { name, value: figure }, emit);
    },
  ],
  [
    /Epoch (\d+), (?:global )?step \d+: \S+ was not in top /,
    ([, epoch], epochs, emit) => epochs.checkpoint(Number(epoch), null, emit),
  ],
  [
    /`?Trainer\.fit`? stopped: (?:`max_epochs=(\d+)` reached)?/,
    ([, planned], epochs, emit) => {
      if (planned !== undefined) emit({ kind: 'plan', epochs: Number(planned), isDone: true });
      epochs.stopped(emit);
      emit({ kind: 'end', status: 'completed', reason: null });
    },
  ],
  [
    /Monitored metric \S+ = \S+ is not finite\..*Signaling Trainer to stop/,
    ([reason], epochs, emit) => {
      epochs.stopSignalled(emit);
      emit({ kind: 'end', status: 'diverged', reason: reason.slice(0, 300) });
    },
  ],
  [
    /(?:Monitored metric \S+ did not improve|Stopping threshold reached|Divergence threshold reached).*Signaling Trainer to stop/,
    (_match, epochs, emit) => epochs.stopSignalled(emit),
  ],
  [
    /(?:GPU|TPU|IPU|HPU) available: |LOCAL_RANK: \d+ - CUDA_VISIBLE_DEVICES|^(?:\[rank: \d+\] )?Seed set to \d+/,
    () => {},
  ],
  [/Metric \S+ improved(?: by|\.)/, () => {}],
  [
    /(?:GLOBAL_RANK: \d+, MEMBER: \d+\/|Starting with )(\d+)(?: processes|$|\s)/,
    ([, ranks], _epochs, emit) => emit({ kind: 'world_size', ranks: Number(ranks) }),
  ],
];
