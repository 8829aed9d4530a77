/** Keeps the shape of a curve with few points: Largest Triangle Three Buckets (Steinarsson 2013). */
import type { Figures } from './event.js';

/** A point within an epoch. */
export interface StepPoint {
  readonly segment: number;
  readonly epoch: number;
  readonly step: number;
  readonly figures: Figures;
}

/** At most `most` (at least 3) of the points of one epoch, its first and last among them; chosen by the metric printed first. */
export function thinEpoch(points: readonly StepPoint[], maxPoints: number): readonly StepPoint[] {
  const most = Math.max(3, maxPoints);
  if (points.length <= most) return points;
  const name = points[0]?.figures.keys().next().value;
  const heightOf = (point: StepPoint): number => (name === undefined ? 0 : (point.figures.get(name) ?? 0));
  const kept: StepPoint[] = [points[0] as StepPoint];
  const width = (points.length - 2) / (most - 2);
  for (let bucket = 0; bucket < most - 2; bucket += 1) {
    const from = Math.floor(bucket * width) + 1;
    const to = Math.floor((bucket + 1) * width) + 1;
    const next = points.slice(to, Math.max(to + 1, Math.min(points.length, Math.floor((bucket + 2) * width) + 1)));
    const x = next.reduce((sum, point) => sum + point.step, 0) / next.length;
    const y = next.reduce((sum, point) => sum + heightOf(point), 0) / next.length;
    const last = kept.at(-1) as StepPoint;
    let best = points[from] as StepPoint;
    let largest = -1;
    for (const point of points.slice(from, to)) {
      const area = Math.abs(
        (last.step - x) * (heightOf(point) - heightOf(last)) - (last.step - point.step) * (y - heightOf(last)),
      );
      // A figure that is not finite is the news of its bucket.
      if (area > largest || !Number.isFinite(heightOf(point))) {
        largest = Number.isFinite(area) ? area : Number.POSITIVE_INFINITY;
        best = point;
      }
    }
    kept.push(best);
  }
  kept.push(points.at(-1) as StepPoint);
  return kept;
}
