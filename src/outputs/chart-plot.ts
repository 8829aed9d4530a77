/** Where data stand on a page. */

import { type Axis, shareOf } from './chart-axis.js';

/** pt, origin top left of the page. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Plot {
  /** The area within the axes. */
  readonly area: Box;
  /** Page coordinates of a value; not limited to the area. */
  xOf(value: number): number;
  yOf(value: number): number;
  /** Baseline of the labels of the x axis. */
  readonly xLabelBaseline: number;
}

/** The plot whose axes fill `area`; `labelDepth` is the way from there down to the baseline of the labels. */
export function plotOn(area: Box, xAxis: Axis, yAxis: Axis, labelDepth: number): Plot {
  const bottom = area.top + area.height;
  return {
    area,
    xOf: (value) => area.left + area.width * shareOf(xAxis, value),
    yOf: (value) => bottom - area.height * shareOf(yAxis, value),
    xLabelBaseline: bottom + labelDepth,
  };
}
