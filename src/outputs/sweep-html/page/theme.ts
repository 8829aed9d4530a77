/** Colours that scripts draw with: those of the style sheet, and a palette for light and one for dark. */

export interface Theme {
  readonly ink: string;
  readonly grey: string;
  readonly line: string;
  readonly panel: string;
  /** Of selected experiments, told apart by colour-blind readers. */
  readonly palette: readonly string[];
  /** From the worst to the best. */
  readonly scale: readonly (readonly [number, number, number])[];
}

const lightPalette = ['#0072b2', '#d55e00', '#009e73', '#c0568f', '#b07800', '#3a9bd9', '#7a5cc4', '#555555'];
const darkPalette = ['#56b4e9', '#ff8a4c', '#2fc79b', '#e79ac4', '#f0c541', '#8fb7ff', '#b79cff', '#c4c4c4'];
const dashes = [[], [6, 3], [2, 2.5], [8, 3, 2, 3]];
const darkQuery = matchMedia('(prefers-color-scheme: dark)');
const printQuery = matchMedia('print');

export function getTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  const isDark = darkQuery.matches && !printQuery.matches;
  return {
    ink: read('--ink'),
    grey: read('--grey'),
    line: read('--line'),
    panel: read('--panel'),
    palette: isDark ? darkPalette : lightPalette,
    scale: isDark
      ? [
          [58, 68, 80],
          [64, 130, 178],
          [240, 220, 90],
        ]
      : [
          [214, 222, 230],
          [104, 164, 208],
          [0, 46, 94],
        ],
  };
}

/** Colour and dash of a selected experiment: eight colours, then the same with dashes. */
export function strokeOf({ palette }: Theme, number: number): { readonly colour: string; readonly dash: number[] } {
  return {
    colour: palette[number % palette.length] ?? '#888888',
    dash: [...(dashes[Math.floor(number / palette.length) % dashes.length] ?? [])],
  };
}

/** Colour at `share` of the scale. */
export function scaleColour({ scale }: Theme, share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (scale.length - 1);
  const index = Math.min(scale.length - 2, Math.floor(place));
  const [from = [0, 0, 0], to = [0, 0, 0]] = scale.slice(index, index + 2);
  const channels = from.map((value, i) => Math.round(value + ((to[i] ?? 0) - value) * (place - index)));
  return `rgb(${channels.join(', ')})`;
}

/** Calls back when the reader's system turns dark or light, or the page is printed. */
export function onThemeChange(listener: () => void): void {
  darkQuery.addEventListener('change', listener);
  printQuery.addEventListener('change', listener);
}
