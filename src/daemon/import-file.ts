import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Experiment, statuses } from '../experiment.js';
import { chooseObjective } from '../objective.js';
import { parseCsv } from '../outputs/csv-parse.js';
import {
  type EarlierExperiment,
  experimentOfEarlier,
  maybeEarlierPackage,
  maybeEarlierTable,
} from '../outputs/earlier-package.js';
import { parsePackage } from '../outputs/package-parse.js';
import { mostTextBytes, readText, UnfitFile } from '../read-file.js';
import { type Imported, saveImported } from '../store/imports.js';
import { inTransaction } from '../store/records.js';
import type { Store } from '../store/store.js';
import { summarise } from '../summarise.js';
import { troubleOf } from '../watch/trouble.js';
import type { ArchiveEntry } from './archive.js';

/** What became of one file. */
export interface ImportedFile {
  readonly taken: number;
  readonly unchanged: number;
  /** Why something in it was not taken, a sentence each. */
  readonly left: readonly string[];
  /** What it was: `package`, or what the earlier tool wrote. */
  readonly kind: 'package' | 'package of the earlier tool' | 'table of the earlier tool' | null;
}

/** Takes the experiments of one file into the database, all of them or none. `entry` is what an archive has beside the package. */
export function importFile(store: Store, file: string, entry?: ArchiveEntry): ImportedFile {
  let read: ReturnType<typeof readExperiments>;
  try {
    read = readExperiments(file, entry);
  } catch (error) {
    return {
      taken: 0,
      unchanged: 0,
      left: [whyUnread(error)],
      kind: null,
    };
  }
  if ('refusal' in read) return { taken: 0, unchanged: 0, left: [read.refusal], kind: null };
  const counts = { taken: 0, unchanged: 0 };
  const left: string[] = [];
  inTransaction(store, () => {
    for (const imported of read.experiments) {
      const what = saveImported(store, imported);
      if (what === 'own') left.push(`${imported.experiment.key}: the root has a log of its own for it`);
      else counts[what] += 1;
    }
  });
  return { ...counts, left, kind: read.kind };
}

function whyUnread(error: unknown): string {
  if (error instanceof UnfitFile) return error.message;
  return error instanceof RangeError ? 'nested too deeply for a package' : troubleOf(error).reason;
}

type Kind = NonNullable<ImportedFile['kind']>;

function readExperiments(
  file: string,
  entry?: ArchiveEntry,
): { kind: Kind; experiments: Imported[] } | { refusal: string } {
  const text = readText(file, { mostBytes: mostTextBytes });
  const name = basename(file).replace(/\.[^.]*$/, '');
  if (/\.csv$/i.test(file)) return tableOf(file, maybeEarlierTable(parseCsv(text), name));
  const parsed = parsePackage(text);
  if (!('trouble' in parsed)) {
    const experiment = entry === undefined ? parsed.experiment : beforeGone(parsed.experiment, entry);
    const summary = summarise(experiment.run, parsed.objective);
    const more = entry && { user: entry.user, job: entry.job, isGone: entry.statusBeforeGone !== null };
    return { kind: 'package', experiments: [{ experiment, summary, from: file, ...more }] };
  }
  if (parsed.trouble !== 'foreign') return { refusal: `${parsed.trouble}: ${parsed.detail}` };
  const json = parseJson(text);
  // Whoever changed a package may have changed its figures too: it is not taken for what it is not.
  if (String(Object(json).schema).startsWith('training-log-wizard/')) return { refusal: 'torn: it was changed since' };
  const earlier = maybeEarlierPackage(json, name);
  if (earlier === undefined) return { refusal: 'neither a package nor what the earlier tool wrote' };
  return { kind: 'package of the earlier tool', experiments: [fromEarlier(file, earlier, `${name}/${name}.log`)] };
}

function tableOf(
  file: string,
  earlier: EarlierExperiment[] | undefined,
): { kind: Kind; experiments: Imported[] } | { refusal: string } {
  if (earlier === undefined) return { refusal: 'expected the columns of the earlier tool’s spreadsheet' };
  const keys = new Set<string>();
  const experiments = earlier.map((each) => {
    let key = `${each.name}/${each.name}.log`;
    for (let n = 2; keys.has(key); n++) key = `${each.name} (${n})/${each.name}.log`;
    keys.add(key);
    return fromEarlier(file, each, key);
  });
  return { kind: 'table of the earlier tool', experiments };
}

function fromEarlier(file: string, earlier: EarlierExperiment, key: string): Imported {
  const { size, mtimeMs } = statSync(file);
  const experiment = experimentOfEarlier(earlier, { key, bytes: size, mtimeMs });
  return {
    experiment,
    summary: summarise(experiment.run, chooseObjective([summarise(experiment.run, null)])),
    from: file,
  };
}

function beforeGone(experiment: Experiment, { statusBeforeGone }: ArchiveEntry): Experiment {
  const status = statuses.find((each) => each === statusBeforeGone);
  return status === undefined ? experiment : { ...experiment, run: { ...experiment.run, status } };
}

function parseJson(text: string): unknown {
  try {
    // The earlier tool was Python, whose JSON knows NaN.
    return JSON.parse(text.replace(/(?<=[[:,]\s*)(-?Infinity|NaN)(?=\s*[\],}])/g, '"$1"'));
  } catch {
    return undefined;
  }
}
