/** The table of dialects; a new one is a file here and a row below. */
import type { Dialect } from '../event.js';
import { fairseq } from './fairseq.js';
import { huggingface } from './huggingface.js';
import { keras } from './keras.js';
import { lightning } from './lightning.js';
import { mmengine } from './mmengine.js';
import { mxnet } from './mxnet.js';
import { paddle } from './paddle.js';
import { pytorch } from './pytorch.js';
import { timm } from './timm.js';

/** Where two weigh the same in a log, the first one is taken. */
export const dialects: readonly Dialect[] = [
  keras,
  lightning,
  huggingface,
  timm,
  fairseq,
  mmengine,
  mxnet,
  paddle,
  pytorch,
];
