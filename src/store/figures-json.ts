/** Figures in JSON columns: NaN and infinities, which JSON has not, stand as text there, and views turn them into NULL. */

/** A figure as JSON has it; null where it is missing. */
export function toJson(figure: number | null | undefined): number | string | null {
  if (figure === undefined || figure === null) return null;
  return Number.isFinite(figure) ? figure : String(figure);
}

/** What `toJson` made of a figure; undefined where it was missing. */
export function maybeFigure(stored: number | string | null | undefined): number | undefined {
  return stored === null || stored === undefined ? undefined : Number(stored);
}

/** `[["val_dsc",0.85],["val_loss","NaN"]]`, in order. */
export function renderFigures(figures: ReadonlyMap<string, number>): string {
  return JSON.stringify(Array.from(figures, ([name, figure]) => [name, toJson(figure)]));
}

/** What `renderFigures` wrote. */
export function parseFigures(json: string): Map<string, number> {
  const entries: readonly (readonly [string, number | string])[] = JSON.parse(json);
  return new Map(entries.map(([name, figure]) => [name, Number(figure)]));
}
