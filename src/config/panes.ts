import type { PathProblem } from './problem.ts'
import type { Config } from './schema.ts'
import { slideOf, termSlideOf, windowLabel } from './windows.ts'

/** Windows that could never be complete, as they consist of more slices than may be open at once. */
export function tooManyPanes({ windows, extractors, limits }: Config): PathProblem[] {
  const check = (size: number, slide: number, lateness: number, path: (string | number)[]): PathProblem[] => {
    const panes = Math.ceil((size + lateness) / slide)
    if (panes <= limits.panes) return []
    const message = `expected at most ${limits.panes} slices (limits.panes), got ${panes} of ${windowLabel(slide)}: let the window slide further`
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
