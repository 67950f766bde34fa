import type { PathProblem } from './problem.ts'
import type { Config } from './schema.ts'
import { slideOf, termSlideOf, windowLabel } from './windows.ts'

/** Windows that could never be complete, as they need more slices than may be open. */
export function tooManySlices({ windows, extractors, limits }: Config): PathProblem[] {
  const check = (size: number, slide: number, lateness: number, path: (string | number)[]): PathProblem[] => {
    const slices = Math.ceil((size + lateness) / slide)
    if (slices <= limits.slices) return []
    const message = `expected at most ${limits.slices} slices (limits.slices), got ${slices} of ${windowLabel(slide)}: let the window slide further`
    return [{ path: [...path, 'size'], message }]
  }
  return [
    ...windows.flatMap((window, i) => check(window.size, slideOf(window), window.lateness, ['windows', i])),
    ...extractors.flatMap(({ windows }, e) =>
      windows.flatMap((window, i) =>
        check(window.size, termSlideOf(window), 0, ['extractors', e, 'windows', i]),
      ),
    ),
  ]
}
