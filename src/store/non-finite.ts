/** Figures that are no finite number: SQLite has no NaN, so that a row says in JSON which of its figures were what. */

/** Collects, row after row, the names of figures that are not finite. */
export class NonFinite {
  #found: [string, string][] = [];

  /** The figure as it is stored: NULL where it is not finite, and then noted under `name`. */
  take(name: string, value: number): number | null {
    if (Number.isFinite(value)) return value;
    this.#found.push([name, String(value)]);
    return null;
  }

  /** Ends the row: `{"val_loss":"NaN","loss":"-Infinity"}`; null where all of it was finite. */
  finishRow(): string | null {
    if (this.#found.length === 0) return null;
    const json = JSON.stringify(Object.fromEntries(this.#found));
    this.#found = [];
    return json;
  }
}

/** Name → figure, of what `NonFinite` wrote. */
export function parseNonFinite(json: string | null): ReadonlyMap<string, number> {
  if (json === null) return noFigures;
  const found: unknown = JSON.parse(json);
  return new Map(Object.entries(Object(found)).map(([name, text]) => [name, Number(text)]));
}

const noFigures: ReadonlyMap<string, number> = new Map();
