import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { outputPathOf } from '../outputs/output-names.js';
import { packageMark, renderPackage } from '../outputs/package.js';
import { publish } from '../outputs/publish.js';
import { PublishError } from '../outputs/publish-error.js';
import { program } from '../package.js';
import { mostTextBytes, readText } from '../read-file.js';
import { maybeStatusBeforeGone } from '../store/imports.js';
import { readKnownLogs } from '../store/known-logs.js';
import { readExperiment } from '../store/read-experiment.js';
import type { Store } from '../store/store.js';
import { exitCodes, UserError } from '../user-error.js';

/** Name of the file that has what packages do not have. */
export const archiveIndexName = 'tlw-archive.json';

const job = z.object({
  ...{ id: z.string(), state: z.string(), exitCode: z.string(), startMs: z.number().nullable() },
  ...{ endMs: z.number().nullable(), elapsedSeconds: z.number(), nodes: z.number(), nodeList: z.string().nullable() },
  ...{ nodeHours: z.number(), maxMemoryBytes: z.number().nullable(), records: z.number() },
});
const entry = z.object({
  file: z.string(),
  changedMs: z.number(),
  user: z.object({ notes: z.string(), tags: z.array(z.string()), keep: z.string() }),
  job: job.nullable(),
  statusBeforeGone: z.string().nullable(),
});
const index = z.object({
  schema: z.literal('training-log-wizard/archive/1'),
  experiments: z.record(z.string(), entry),
});

/** What an archive has of an experiment beside its package. */
export type ArchiveEntry = z.infer<typeof entry>;

/** Writes what has changed since the last time, each file whole or not at all, and last what was written. Throws a UserError. */
export async function writeArchive(
  store: Store,
  folder: string,
  shareGroupId: number | null,
): Promise<{ written: number; unchanged: number }> {
  const before = readArchiveIndex(folder) ?? new Map<string, ArchiveEntry>();
  const experiments = new Map(before);
  const access = { createFolder: true, shareGroupId };
  const counts = { written: 0, unchanged: 0 };
  try {
    for (const { key } of readKnownLogs(store)) {
      const stored = readExperiment(store, key);
      if (stored === undefined) continue;
      const { experiment, summary, user, changedMs } = stored;
      const file = outputPathOf(key, 'json');
      const { isAlone: _, ...known } = stored.job ?? { isAlone: true };
      const job = 'id' in known ? known : null;
      experiments.set(key, {
        file,
        changedMs,
        user: { ...user, tags: [...user.tags] },
        job,
        statusBeforeGone: maybeStatusBeforeGone(store, key),
      });
      const path = join(folder, file);
      if (before.get(key)?.changedMs === changedMs && existsSync(path)) {
        counts.unchanged += 1;
        continue;
      }
      await publish(path, renderPackage(experiment, summary, program), { mark: packageMark, ...access });
      counts.written += 1;
    }
    const text = JSON.stringify(
      { schema: 'training-log-wizard/archive/1', experiments: Object.fromEntries(experiments) },
      null,
      1,
    );
    await publish(join(folder, archiveIndexName), `${text}\n`, {
      mark: 'training-log-wizard/archive/1',
      ...access,
    });
    return counts;
  } catch (error) {
    if (error instanceof PublishError) throw new UserError(error.message, exitCodes.cannotCreate, { cause: error });
    throw error;
  }
}

/** By key; undefined where the folder has none that can be understood. */
export function readArchiveIndex(folder: string): Map<string, ArchiveEntry> | undefined {
  const file = join(folder, archiveIndexName);
  if (!existsSync(file)) return undefined;
  try {
    const parsed = index.safeParse(JSON.parse(readText(file, { mostBytes: mostTextBytes })));
    return parsed.success ? new Map(Object.entries(parsed.data.experiments)) : undefined;
  } catch {
    return undefined;
  }
}
