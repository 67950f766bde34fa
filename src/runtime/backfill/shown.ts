import type { TermWindowShape, WindowShape } from '../../state/shape.ts'
import { sliceStart } from '../../state/window-slices.ts'

// A backfill looks at windows once a step. Of a window that slides more often, most slices are over by then and are in
// no sample: they are not kept, so that what is kept of a year depends on the steps and not on the posts.

/** The first time at or after this one at which a sample is taken. All are Unix milliseconds. */
const sampledFrom = (time: number, step: number): number => Math.ceil(time / step) * step

/** Whether a slice of a window that starts there is in a window that a sample shows. */
export function isShownSlice({ size, slide, lateness }: WindowShape, start: number, step: number): boolean {
  const at = sampledFrom(start + slide + lateness, step)
  const end = Math.floor((at - lateness) / slide) * slide
  return start >= end - size
}

/**
 * Whether a slice of terms that starts there is in a window that a sample shows.
 * @param width length of the slice, in milliseconds
 */
export function areShownTerms(
  windows: readonly TermWindowShape[],
  start: number,
  width: number,
  step: number,
): boolean {
  const at = sampledFrom(start + width, step)
  return windows.some(({ size, slide }) => sliceStart(start, slide) > at - size)
}
