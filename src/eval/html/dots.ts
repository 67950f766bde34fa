import { type Html, html } from '../../html/html.ts'
import type { Measures } from '../measures.ts'
import { count, rate } from './numbers.ts'
import { colourOf, label, legend, line, linear, mark, plot } from './svg.ts'

const WIDTH = 560
const LEFT = 96
const RIGHT = 26
const TOP = 8
const BOTTOM = 30
/** Between two scorers of one group, and around a group. */
const STEP = 15
const PADDING = 16

export interface DotsOptions {
  caption: string
  note: string
  /** One row per group of posts, with the measures of each scorer; or one row per scorer. */
  rows: readonly { name: string; posts?: number; measures: readonly Measures[]; scorer?: number }[]
  scorers: readonly string[]
}

/** Macro-averaged recall with its interval: one mark per scorer, in rows of groups of posts. */
export function dots({ caption, note, rows, scorers }: DotsOptions): Html {
  const each = STEP * Math.max(...rows.map(({ measures }) => measures.length)) + PADDING
  const height = TOP + BOTTOM + each * rows.length
  const x = linear([0, 1], [LEFT, WIDTH - RIGHT])
  const bottom = height - BOTTOM
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].map(
    value =>
      html`${line('grid', x(value), TOP, x(value), bottom)}${label(value.toFixed(1), x(value), bottom + 16)}`,
  )
  const groups = rows.map(({ name, posts, measures, scorer = 0 }, row) => {
    const top = TOP + row * each
    const middle = top + each / 2
    return html`${row > 0 && line('axis', 0, top, WIDTH, top)}
${label(name, 0, posts === undefined ? middle + 4 : middle, 'start', 'strong')}${posts !== undefined && label(`${count(posts)} posts`, 0, middle + 14, 'start')}
${measures.map((measure, i) => dot(scorers[scorer + i] as string, scorer + i, measure, x, top + PADDING / 2 + STEP * (i + 0.5)))}`
  })
  return html`<figure><figcaption>${caption}<small>${note}</small></figcaption>${rows.every(({ scorer }) => scorer === undefined) && legend(scorers)}
${plot({ width: WIDTH, height, title: `${caption}, by scorer; the numbers are in the table.` }, ticks, groups)}</figure>`
}

function dot(
  scorer: string,
  index: number,
  { macroRecall, macroRecallMargin }: Measures,
  x: (value: number) => number,
  y: number,
): Html | null {
  if (macroRecall === null) return null
  const reach = macroRecallMargin ?? 0
  const low = Math.max(0, macroRecall - reach)
  const high = Math.min(1, macroRecall + reach)
  return html`<g class="${colourOf(index)}">${line('whisker', x(low), y, x(high), y)}${mark(
    index,
    x(macroRecall),
    y,
    `${scorer}: ${rate(macroRecall)}`,
  )}</g>${label(rate(macroRecall), x(high) + 9, y + 4, 'start')}`
}
