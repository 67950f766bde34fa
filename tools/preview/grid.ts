import { asRegex, fill, type Values } from '../../grafana/fill.ts'
import type { Panel } from './json.ts'

/** The variables of a dashboard: their values in queries, their texts in titles, and their options. */
export interface Variables {
  values: Values
  texts: Values
  options: ReadonlyMap<string, readonly string[]>
}

/** A panel with its position, in units of the grid, and its variables. */
export interface Placed {
  panel: Panel
  title: string
  values: Values
  place: { x: number; y: number; w: number; h: number }
}

const COLUMNS = 24
/** In pixels: the height of a unit of the grid, and the gap between two panels. */
const CELL = 30
const GAP = 8

/**
 * Positions of panels: a repeated panel is shown once for each value of its variable, and moves those below it down.
 */
export function place(panels: readonly Panel[], { values, texts, options }: Variables): Placed[] {
  const placed: Placed[] = []
  let moved = 0
  for (const panel of panels) {
    const { x = 0, y = 0, w = COLUMNS, h = 1 } = panel.gridPos ?? {}
    const choices = repeatsOf(panel, values, options)
    const perRow = Math.min(choices.length, panel.maxPerRow ?? 4)
    for (const [i, choice] of choices.entries()) {
      const own = choice === undefined || !panel.repeat ? {} : { [panel.repeat]: choice }
      const escaped = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, asRegex(value)]))
      placed.push({
        panel,
        title: fill(panel.title ?? '', { ...texts, ...own }),
        values: { ...values, ...escaped },
        place:
          choice === undefined
            ? { x, y: y + moved, w, h }
            : {
                x: (i % perRow) * (COLUMNS / perRow),
                y: y + moved + Math.floor(i / perRow) * h,
                w: COLUMNS / perRow,
                h,
              },
      })
    }
    moved += (Math.ceil(choices.length / perRow) - 1) * h
  }
  return placed
}

/** The values that a panel is repeated for; a single empty one if it is not repeated. */
function repeatsOf(
  { repeat }: Panel,
  values: Values,
  options: Variables['options'],
): readonly (string | undefined)[] {
  const offered = repeat === undefined ? [] : (options.get(repeat) ?? [])
  if (repeat === undefined || offered.length === 0) return [undefined]
  const chosen = offered.filter(option => asRegex(option) === values[repeat])
  return chosen.length > 0 ? chosen : offered
}

/** The position of a panel in pixels, on a page of that width. */
export function box({ place: { x, y, w, h } }: Placed, width: number) {
  const column = (width - (COLUMNS - 1) * GAP) / COLUMNS
  return {
    left: Math.round(x * (column + GAP)),
    top: y * (CELL + GAP),
    width: Math.round(w * column + (w - 1) * GAP),
    height: h * CELL + (h - 1) * GAP,
  }
}
