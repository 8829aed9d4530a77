import { join } from 'node:path';
import { publish } from '../outputs/publish.js';

/** A small file of JSON in the root, for hosts that see nothing else of the watcher. */
export interface Word {
  readonly root: string;
  /** Relative to the root. */
  readonly path: string;
  /** What it is; every such file has it first, and so is known as the program's own. */
  readonly kind: 'export' | 'heartbeat';
  readonly content: object;
}

/** Writes it, whole or not at all; throws a `PublishError`. */
export async function leaveInRoot({ root, path, kind, content }: Word): Promise<void> {
  const mark = `"training-log-wizard ${kind}"`;
  await publish(join(root, path), `{"kind":${mark},${JSON.stringify(content).slice(1)}\n`, { mark });
}
