/** Figures as the rows of a log keep them: a long log has hundreds of thousands, nearly all under the names of the row before. */
import type { Figures } from './event.js';

export interface PackedFigures {
  /** In the order printed; rows of one kind share the list. */
  readonly names: readonly string[];
  /** One for each name. */
  readonly values: readonly number[];
}

export const noFigures: PackedFigures = { names: [], values: [] };

/** Packs figures that are mostly of one kind. */
export function createPacker(): (figures: Figures) => PackedFigures {
  let names: readonly string[] = [];
  return (figures) => {
    const values = new Array<number>(figures.size);
    let isSame = figures.size === names.length;
    let at = 0;
    for (const [name, value] of figures) {
      if (isSame && names[at] !== name) isSame = false;
      values[at] = value;
      at += 1;
    }
    if (!isSame) names = [...figures.keys()];
    return { names, values };
  };
}

/** What `packed` says, with `figures` added to it or in the place of what it says of the same names. */
export function joined({ names, values }: PackedFigures, figures: Figures): PackedFigures {
  let allNames = names;
  const allValues = [...values];
  let at = 0;
  for (const [name, value] of figures) {
    // They come in the same order again.
    if (allNames[at] !== name) {
      at = allNames.indexOf(name);
      if (at < 0) {
        at = allNames.length;
        allNames = [...allNames, name];
      }
    }
    allValues[at] = value;
    at += 1;
  }
  return { names: allNames, values: allValues };
}
