/** Names and texts as SQL writes them. */

/** A name of a table or column; it must hold no NUL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text in single quotes; NUL, which SQL text can't hold, is joined in by its number. */
export function quoteText(text: string): string {
  return `('${text.replaceAll("'", "''").replaceAll('\0', "' || char(0) || '")}')`;
}

/** Gives out column names, each once. SQLite holds names equal that differ in the case of ASCII letters. */
export class UniqueNames {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(Array.from(taken, foldCase));
  }

  /** `dsc`; `dsc_2` where that is taken. A name in SQL can't hold NUL, and other control characters only hurt readers. */
  take(name: string): string {
    const wanted = name.replace(/\p{Cc}/gu, '_') || 'unnamed';
    let chosen = wanted;
    for (let n = 2; this.#taken.has(foldCase(chosen)); n++) chosen = `${wanted}_${n}`;
    this.#taken.add(foldCase(chosen));
    return chosen;
  }
}

function foldCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
