import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 optimise only what runs for long, forty times as long as usual. A question is answered before it pays, and compiling
 * takes up to a third of the processor's time that the answer costs; and what a watcher compiled at its start, 8 MB of it, it would
 * keep while it rests. From Node 22 on V8 waits of itself, and complains of the flag, which is gone.
 */
export function optimiseLate(): void {
  if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=3000000');
}
