import { duration, z } from '../plugin/index.ts'
import { type ConfiguredWindow, MAX_SLIDES, slideOf, termSlideOf, windowLabel } from './windows.ts'

/** 1.005 * 1000 is slightly less than 1005, so values within a nanosecond of a whole millisecond are rounded. */
const milliseconds = () => duration().transform(ms => Math.round(ms * 1e6) / 1e6)

const size = milliseconds().describe('The length of the window.')

const windowShape = {
  size,
  slide: milliseconds()
    .optional()
    .describe('The interval between the starts of two windows; by default the size.'),
  lateness: duration().prefault('2s').describe('How long a window waits for posts that arrive out of order.'),
}

const termWindowShape = {
  size,
  slide: milliseconds()
    .optional()
    .describe('The interval between the starts of two windows; by default a sixth of the size.'),
}

type Fault = { key: 'size' | 'slide'; message: string }

/** The fault of a window: its size must be a multiple of its slide, as it consists of slices of that length. */
function faultOf({ size, slide }: ConfiguredWindow, slideWhereAbsent: number): Fault | undefined {
  const whole = 'expected a whole number of milliseconds, 1 or more'
  if (!Number.isInteger(size) || size < 1) return { key: 'size', message: whole }
  const label = windowLabel(size)
  if (slide === undefined && !Number.isInteger(slideWhereAbsent)) {
    return {
      key: 'size',
      message: `a sixth of ${label} is no whole number of milliseconds: give it a \`slide\``,
    }
  }
  const by = slide ?? slideWhereAbsent
  if (!Number.isInteger(by) || by < 1) return { key: 'slide', message: whole }
  const got = `got ${windowLabel(by)}`
  if (by > size) return { key: 'slide', message: `expected at most the size, ${label}, ${got}` }
  if (size % by !== 0)
    return { key: 'slide', message: `expected a slide that divides the size, ${label}, ${got}` }
  if (size / by <= MAX_SLIDES) return undefined
  return { key: 'slide', message: `expected at most ${MAX_SLIDES} slides to a window, got ${size / by}` }
}

/** The label `window` is the size, so two windows of one size would share their series. */
function checkLabels(
  windows: ConfiguredWindow[],
  addProblem: (index: number, message: string) => void,
): void {
  const seen = new Set<number>()
  windows.forEach(({ size }, i) => {
    if (seen.has(size)) addProblem(i, `expected windows of different sizes, got ${windowLabel(size)} twice`)
    seen.add(size)
  })
}

function windowList<W extends z.ZodType<ConfiguredWindow>>(
  window: W,
  slideWhereAbsent: (window: ConfiguredWindow) => number,
) {
  const checked = window.superRefine((value, context) => {
    const fault = faultOf(value, slideWhereAbsent({ size: value.size }))
    if (fault) context.addIssue({ code: 'custom', path: [fault.key], message: fault.message })
  })
  return z
    .array(checked)
    .max(10)
    .superRefine((windows, context) =>
      checkLabels(windows, (i, message) => context.addIssue({ code: 'custom', path: [i, 'size'], message })),
    )
}

/** Event-time windows of moods: tumbling unless `slide` is given. */
export const windowsSchema = windowList(z.strictObject(windowShape), slideOf)

/** Sliding windows of top terms. */
export const termWindowsSchema = windowList(z.strictObject(termWindowShape), termSlideOf).min(1)
