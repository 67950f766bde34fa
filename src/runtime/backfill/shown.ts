import type { TermWindowShape, WindowShape } from '../../state/shape.ts'
import { sliceStart } from '../../state/window-slices.ts'

// A backfill samples windows once a step. Most slices of a window that slides more often are in no sample. They are
// not stored, so that the size of a year depends on the steps and not on the posts.

/** The first time of a sample at or after a time. All are Unix milliseconds. */
const sampledFrom = (time: number, step: number): number => Math.ceil(time / step) * step

/** Whether a slice with this start is in a window that a sample shows. */
export function isShownSlice({ size, slide, lateness }: WindowShape, start: number, step: number): boolean {
  const at = sampledFrom(start + slide + lateness, step)
  const end = Math.floor((at - lateness) / slide) * slide
  return start >= end - size
}

/**
 * Whether a slice of terms with this start is in a window that a sample shows.
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
