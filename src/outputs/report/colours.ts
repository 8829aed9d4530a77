/** Colours of the report: Okabe and Ito's palette, told apart by colour-blind readers and, with the dashes, in grey print. */

export const ink = '#1a1a1a';
export const grey = '#6b6b6b';
export const lightGrey = '#b8b8b8';
export const hairline = '#e3e3e3';
export const paperTint = '#f5f5f3';

export const palette = {
  blue: '#0072B2',
  orange: '#E69F00',
  green: '#009E73',
  vermillion: '#D55E00',
  purple: '#CC79A7',
  sky: '#56B4E9',
  yellow: '#D9CB1F',
} as const;

export interface Stroke {
  readonly colour: string;
  /** pt. */
  readonly width: number;
  readonly dash: readonly number[];
}

const rankColours = [
  palette.blue,
  palette.orange,
  palette.green,
  palette.vermillion,
  palette.purple,
  palette.sky,
  palette.yellow,
  grey,
];
/** One for each colour: in grey print the colours are too near one another. */
const dashes = [[], [5, 2], [1.5, 1.8], [6, 2, 1.5, 2], [10, 2.5], [2.8, 2.8], [7, 2, 1.5, 2, 1.5, 2], [1, 3.5]];

/** Most curves that get an entry each in a legend; above, a colour scale. */
export const maxLegendEntries = 8;

/** Colour and dash of curve `index` of `count`: distinct up to eight, above that along the colour scale. */
export function strokeOf(index: number, count: number): Stroke {
  if (count > maxLegendEntries) return { colour: scaleColour(index / (count - 1)), width: 0.6, dash: [] };
  return {
    colour: rankColours[index] ?? ink,
    width: 0.9,
    dash: dashes[index] ?? [],
  };
}

/** Cividis at seven places: even steps for every eye, and from dark to light in grey print. */
const scaleStops: readonly Rgb[] = [
  [0, 34, 78],
  [30, 56, 110],
  [87, 93, 109],
  [112, 113, 115],
  [150, 143, 118],
  [196, 177, 98],
  [240, 213, 63],
];

/** Colour at `share` (0 to 1) of the sequential scale. */
export function scaleColour(share: number): string {
  return `rgb(${alongStops(scaleStops, share).join(', ')})`;
}

/** From nearly white to dark blue: what is out of the ordinary stands out dark, also in grey print. */
const heatStops: readonly Rgb[] = [
  [236, 242, 247],
  [190, 214, 233],
  [107, 174, 214],
  [33, 113, 181],
  [8, 40, 96],
];

/** Colour at `share` (0 to 1) of the heat map's scale. */
export function heatRgb(share: number): Rgb {
  return alongStops(heatStops, share);
}

/** Diverging scale: -1 blue, 0 nearly white, 1 vermillion. */
export function divergingColour(value: number): string {
  const strength = Math.min(1, Math.abs(value));
  const colour = mix([240, 240, 238], value < 0 ? [0, 114, 178] : [213, 94, 0], strength);
  return `rgb(${colour.join(', ')})`;
}

/** Red, green, blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

function alongStops(stops: readonly Rgb[], share: number): Rgb {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  const [from = black, to = black] = stops.slice(index, index + 2);
  return mix(from, to, place - index);
}

const black: Rgb = [0, 0, 0];

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const channel = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share);
  return [channel(0), channel(1), channel(2)];
}
