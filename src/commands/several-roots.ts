import { basename } from 'node:path';
import type { ListedExperiment, Objective } from '../summary.js';
import { exitCodes, UserError } from '../user-error.js';
import type { CommandContext } from './context.js';
import { Data, withAllData } from './data.js';

/** As `withData`, for several roots: keys and names begin with the name of the root's folder. */
export function withRoots<Result>(
  context: CommandContext,
  roots: readonly string[],
  use: (data: Data) => Result extends PromiseLike<unknown> ? never : Result,
): Promise<Result> {
  return withAllData(context, roots, (all) => use(new SeveralData(all)));
}

/** The experiments of several roots, as if they were one's. */
class SeveralData extends Data {
  readonly #parts: readonly Data[];
  #all: readonly ListedExperiment[] | undefined;

  constructor(parts: readonly Data[]) {
    const [first] = parts;
    if (first === undefined) throw new RangeError('expected a root');
    super(first.root, first.config, first.store);
    this.#parts = parts;
  }

  override get experiments(): readonly ListedExperiment[] {
    const names = uniqueNames(this.#parts.map(({ root }) => root));
    this.#all ??= this.#parts.flatMap((part, i) => part.experiments.map((each) => new Rooted(names[i] ?? '', each)));
    return this.#all;
  }

  override get lastChangeMs(): number {
    return Math.max(...this.#parts.map((part) => part.lastChangeMs));
  }

  override get objective(): Objective | null {
    const objectives = this.#parts.flatMap(({ objective }) => objective ?? []);
    const metrics = [...new Set(objectives.map(({ metric }) => metric))];
    if (metrics.length > 1)
      throw new UserError(
        `expected --by METRIC, since the roots are judged by ${metrics.join(' and ')}`,
        exitCodes.usage,
      );
    return objectives[0] ?? null;
  }
}

/** The last part of each path, or the whole where two have the same. */
function uniqueNames(roots: readonly string[]): string[] {
  const names = roots.map((root) => basename(root));
  return roots.map((root, i) =>
    names.indexOf(names[i] ?? '') === names.lastIndexOf(names[i] ?? '') ? (names[i] ?? '') : root,
  );
}

/** An experiment under the name of its root; what nobody looks at is not read. */
class Rooted implements ListedExperiment {
  readonly #own: ListedExperiment;
  readonly key: string;
  readonly name: string;

  constructor(root: string, own: ListedExperiment) {
    this.#own = own;
    this.key = `${root}/${own.key}`;
    this.name = `${root}/${own.name}`;
  }

  get nodes() {
    return this.#own.nodes;
  }
  get hyperparameters() {
    return this.#own.hyperparameters;
  }
  get log() {
    return this.#own.log;
  }
  get logState() {
    return this.#own.logState;
  }
  get revision() {
    return this.#own.revision;
  }
  get run() {
    return this.#own.run;
  }
  get hosts() {
    return this.#own.hosts;
  }
  get summary() {
    return this.#own.summary;
  }
  get user() {
    return this.#own.user;
  }
  get job() {
    return this.#own.job;
  }
  get importedFrom() {
    return this.#own.importedFrom;
  }
  get changedMs() {
    return this.#own.changedMs;
  }
}
