import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 optimise only what runs for long, forty times as long as usual: a question is answered before it pays, and
 * compiling takes up to a third of the processor's time that the answer costs.
 */
export function expectShortLife(): void {
  setFlagsFromString('--interrupt-budget=3000000');
}
