import { type Html, html } from '../../html/html.ts'
import type { ScorerReport } from '../report.ts'
import { count, percent, rate, signed } from './numbers.ts'
import { colourOf, label, line, linear, plot, px } from './svg.ts'

const SIZE = 340
const BOX = { left: 46, right: SIZE - 12, top: 8, bottom: SIZE - 44 }
/** Radius of a bin with all posts; areas are proportional to posts. */
const LARGEST = 30
const LEAST = 2.5

/** The reliability diagram: balance of labels against mean score, by bin of scores. */
export function reliability({ scorer, calibration }: ScorerReport, index: number): Html {
  const { bins, error, polarError } = calibration
  const all = bins.reduce((sum, { posts }) => sum + posts, 0)
  const x = linear([-1, 1], [BOX.left, BOX.right])
  const y = linear([-1, 1], [BOX.bottom, BOX.top])
  const grid = [-1, -0.5, 0, 0.5, 1].map(
    value =>
      html`${line('grid', x(value), BOX.top, x(value), BOX.bottom)}${line('grid', BOX.left, y(value), BOX.right, y(value))}${label(
        signed(value),
        x(value),
        BOX.bottom + 16,
      )}${label(signed(value), BOX.left - 6, y(value) + 4, 'end')}`,
  )
  const trace = bins.map(({ score, balance }) => `${px(x(score))},${px(y(balance))}`).join(' ')
  const points = bins.map(({ score, balance, posts }) => {
    const radius = Math.max(LEAST, LARGEST * Math.sqrt(posts / all))
    return html`${line('gap', x(score), y(score), x(score), y(balance))}<circle class="point" cx="${px(x(score))}" cy="${px(y(balance))}" r="${px(radius)}"><title>score ${signed(score)}, labels ${signed(balance)}, ${count(posts)} posts</title></circle>`
  })
  return html`<figure><figcaption>Calibration<small>Positive less negative posts, as a part of all, against their mean score. On the
dashed line scores mean what they say. Areas go by posts. Expected calibration error ${rate(error)}; over positive and
negative posts alone ${rate(polarError)}.</small></figcaption>${plot(
    {
      width: SIZE,
      height: SIZE,
      title: `Calibration of ${scorer}; the numbers are in the table below it.`,
      shape: 'square',
    },
    grid,
    line('ideal', x(-1), y(-1), x(1), y(1)),
    html`<g class="${colourOf(index)}"><polyline class="trace" points="${trace}"/>${points}</g>`,
    label('mean score', (BOX.left + BOX.right) / 2, SIZE - 8),
  )}${table(calibration)}</figure>`
}

function table({ bins }: ScorerReport['calibration']): Html {
  return html`<details><summary>As a table</summary><table class="tight"><caption class="soft">Posts by their score: its mean, the balance of their labels, and
the part of positive and negative ones that is positive</caption>
<thead><tr><th scope="col">Scores</th><th scope="col" class="n">posts</th><th scope="col" class="n">mean</th>
<th scope="col" class="n">balance</th><th scope="col" class="n">positive</th></tr></thead>
<tbody>${bins.map(
    ({ from, to, posts, score, balance, positiveShare }) =>
      html`<tr><th scope="row" class="nowrap">${signed(from)} to ${signed(to)}</th><td class="n">${count(posts)}</td><td class="n">${signed(score)}</td><td class="n">${signed(balance)}</td><td class="n">${percent(positiveShare)}</td></tr>`,
  )}</tbody></table></details>`
}
