/** The table of dialects; a new one is a file here and a row below. */
import type { Dialect } from '../event.js';
import { keras } from './keras.js';

/** Where two weigh the same in a log, the first one is taken. */
export const dialects: readonly Dialect[] = [keras];
