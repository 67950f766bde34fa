const UNITS: [unit: string, ms: number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]

/**
 * A duration in its largest whole unit: 60000 is `1m`, 90000 `90s`. It is the value of the label `window`.
 *
 * @param ms milliseconds, a whole number
 */
export function windowLabel(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms >= size && ms % size === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}

/** The default number of slides in a window of top terms. */
export const TERM_WINDOW_SLIDES = 6

/** The maximum of slides in one window: an hour by the second. */
export const MAX_SLIDES = 3600

/** A window as configured, in milliseconds. */
export interface ConfiguredWindow {
  size: number
  slide?: number | undefined
}

/** The slide of a window of `windows:`, by default its size: it tumbles. */
export const slideOf = ({ size, slide = size }: ConfiguredWindow): number => slide

/** The slide of an extractor's window, by default a sixth of its size. */
export const termSlideOf = ({ size, slide = size / TERM_WINDOW_SLIDES }: ConfiguredWindow): number => slide
