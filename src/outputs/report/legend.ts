/** Legends that scale: an entry each for a few curves, a colour scale with labelled ends for many. */

import type { Context } from './canvas.js';
import { grey, ink, type Stroke, scaleColour } from './colours.js';
import { widthOf, write } from './text.js';

export type LegendEntry =
  | { readonly kind: 'line'; readonly label: string; readonly stroke: Stroke }
  | { readonly kind: 'band'; readonly label: string; readonly colour: string }
  | { readonly kind: 'scale'; readonly from: string; readonly to: string };

const sampleWidth = 22;
const scaleWidth = 90;
const gap = 11;

/** Draws the entries in as many rows as they need; returns the height used, pt. */
export function drawLegend(
  context: Context,
  entries: readonly LegendEntry[],
  place: { readonly left: number; readonly top: number; readonly width: number },
  size: number,
): number {
  const rowHeight = size + 5;
  let left = place.left;
  let baseline = place.top + size;
  for (const entry of entries) {
    const width = Math.min(entryWidth(context, entry, size), place.width);
    if (left > place.left && left + width > place.left + place.width) {
      left = place.left;
      baseline += rowHeight;
    }
    drawEntry(context, entry, left, baseline, size, place.width);
    left += width + gap;
  }
  return baseline - place.top - size + rowHeight + 1;
}

function entryWidth(context: Context, entry: LegendEntry, size: number): number {
  const labelWidth = (label: string) => widthOf(context, label, { size });
  if (entry.kind === 'scale') return labelWidth(entry.from) + labelWidth(entry.to) + scaleWidth + 10;
  return sampleWidth + 5 + labelWidth(entry.label);
}

function drawEntry(
  context: Context,
  entry: LegendEntry,
  left: number,
  baseline: number,
  size: number,
  maxWidth: number,
) {
  const middle = baseline - size * 0.33;
  if (entry.kind === 'scale') {
    const start = left + write(context, entry.from, left, baseline, { size, colour: grey }) + 5;
    for (let step = 0; step < scaleWidth; step += 2) {
      context.fillStyle = scaleColour(step / (scaleWidth - 2));
      context.fillRect(start + step, middle - 3, 2.1, 6);
    }
    write(context, entry.to, start + scaleWidth + 5, baseline, { size, colour: grey });
    return;
  }
  if (entry.kind === 'band') {
    context.fillStyle = entry.colour;
    context.fillRect(left, middle - 4, sampleWidth, 8);
  } else drawSample(context, entry.stroke, left, middle);
  write(context, entry.label, left + sampleWidth + 5, baseline, {
    size,
    colour: ink,
    maxWidth: maxWidth - sampleWidth - 5,
  });
}

function drawSample(context: Context, stroke: Stroke, left: number, middle: number): void {
  context.save();
  context.lineCap = 'butt';
  context.strokeStyle = stroke.colour;
  context.lineWidth = Math.max(stroke.width, 1);
  context.setLineDash([...stroke.dash]);
  context.beginPath();
  context.moveTo(left, middle);
  context.lineTo(left + sampleWidth, middle);
  context.stroke();
  context.restore();
}
