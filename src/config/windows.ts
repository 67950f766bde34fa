const UNITS: [unit: string, ms: number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]

/**
 * How a duration is written with the largest unit that divides it: 60000 is `1m`, 90000 `90s`. This is what the label
 * `window` holds.
 *
 * @param ms milliseconds, a whole number
 */
export function windowLabel(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms >= size && ms % size === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}

/** Into how many slides a window of top terms is cut where the configuration does not say. */
export const TERM_WINDOW_SLIDES = 6

/** The most slides that one window may consist of: an hour by the second. */
export const MAX_SLIDES = 3600

/** A window as configured, in milliseconds. */
export interface ConfiguredWindow {
  size: number
  slide?: number | undefined
}

/** How far a window of `windows:` slides: by its size, which is to say that it tumbles, by default. */
export const slideOf = ({ size, slide = size }: ConfiguredWindow): number => slide

/** How far an extractor's window slides: by a sixth of its size by default. */
export const termSlideOf = ({ size, slide = size / TERM_WINDOW_SLIDES }: ConfiguredWindow): number => slide
