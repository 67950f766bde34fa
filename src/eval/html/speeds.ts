import { type Html, html } from '../../html/html.ts'
import type { ScorerReport } from '../report.ts'
import { count, rate } from './numbers.ts'
import { colourOf, label, line, linear, mark, plot } from './svg.ts'

const WIDTH = 560
const HEIGHT = 240
const BOX = { left: 44, right: WIDTH - 30, top: 10, bottom: HEIGHT - 44 }

/** Recall against speed. Nothing if fewer than two scorers were timed. */
export function speeds(scorers: readonly ScorerReport[]): Html | null {
  const timed = scorers.flatMap(({ scorer, postsPerSecond, macroRecall }, index) =>
    postsPerSecond === null || macroRecall === null ? [] : [{ scorer, postsPerSecond, macroRecall, index }],
  )
  if (timed.length < 2) return null
  const powers = timed.map(({ postsPerSecond }) => Math.log10(postsPerSecond))
  const low = Math.floor(Math.min(...powers))
  const high = Math.max(low + 1, Math.ceil(Math.max(...powers)))
  const x = linear([low, high], [BOX.left, BOX.right])
  const y = linear([0, 1], [BOX.bottom, BOX.top])
  const vertical = Array.from({ length: high - low + 1 }, (_, i) => low + i).map(
    power =>
      html`${line('grid', x(power), BOX.top, x(power), BOX.bottom)}${label(count(10 ** power), x(power), BOX.bottom + 16)}`,
  )
  const horizontal = [0, 0.25, 0.5, 0.75, 1].map(
    value =>
      html`${line('grid', BOX.left, y(value), BOX.right, y(value))}${label(value.toFixed(2), BOX.left - 6, y(value) + 4, 'end')}`,
  )
  const marks = timed.map(({ scorer, postsPerSecond, macroRecall, index }) => {
    const place = Math.log10(postsPerSecond)
    const isRight = place > (low + high) / 2
    const title = `${scorer}: ${rate(macroRecall)} at ${count(postsPerSecond)} posts a second`
    return html`<g class="${colourOf(index)}">${mark(index, x(place), y(macroRecall), title)}</g>${label(
      scorer,
      x(place) + (isRight ? -10 : 10),
      y(macroRecall) + 4,
      isRight ? 'end' : 'start',
      'strong',
    )}`
  })
  return html`<figure><figcaption>Quality and speed<small>Macro-averaged recall against posts a second, each ten times the
one before. Up and to the right is better.</small></figcaption>${plot(
    {
      width: WIDTH,
      height: HEIGHT,
      title: 'Macro-averaged recall against speed; the numbers are in the table.',
    },
    vertical,
    horizontal,
    label('posts a second', (BOX.left + BOX.right) / 2, HEIGHT - 8),
    marks,
  )}</figure>`
}
