import { type Html, html } from '../../html/html.ts'
import type { ScorerReport } from '../report.ts'
import { LABELS, type Label, type Thresholds } from '../sentiment.ts'
import { count, percent, signed } from './numbers.ts'
import { label, line, linear, plot, px } from './svg.ts'

const WIDTH = 360
const LEFT = 64
const RIGHT = 14
const TOP = 6
const EACH = 78
const GAP = 12
const BOTTOM = 36

/** The distribution of scores for each label. */
export function distribution({ scorer, distribution }: ScorerReport, thresholds: Thresholds): Html {
  const labels = LABELS.filter(label => distribution[label].some(posts => posts > 0))
  const height = TOP + BOTTOM + labels.length * (EACH + GAP)
  const x = linear([-1, 1], [LEFT, WIDTH - RIGHT])
  const bottom = height - BOTTOM
  const ticks = [-1, -0.5, 0, 0.5, 1].map(score => label(signed(score), x(score), bottom + 14))
  const cuts = [thresholds.negative, thresholds.positive].map(score =>
    line('threshold', x(score), TOP, x(score), bottom),
  )
  const histograms = labels.map((name, i) =>
    histogram(name, distribution[name], x, TOP + (i + 1) * (EACH + GAP)),
  )
  return html`<figure><figcaption>Scores by label<small>Parts of the posts with each label. Dashed: where scores are cut into
sentiments.</small></figcaption>${plot(
    { width: WIDTH, height, title: `Scores of ${scorer} for posts with each label.`, shape: 'square' },
    histograms,
    cuts,
    ticks,
    label('score', (LEFT + WIDTH - RIGHT) / 2, height - 4),
  )}</figure>`
}

function histogram(
  name: Label,
  counts: readonly number[],
  x: (score: number) => number,
  bottom: number,
): Html {
  const posts = counts.reduce((sum, of) => sum + of, 0)
  const most = Math.max(...counts)
  const steps = (counts.length - 1) / 2
  const wide = (x(1) - x(-1)) / counts.length
  const bars = counts.map((of, i) => {
    if (of === 0) return null
    const score = (i - steps) / steps
    const tall = Math.max(0.7, (of / most) * EACH)
    return html`<rect class="${name}" x="${px(x(score) - wide / 2 + 0.4)}" y="${px(bottom - tall)}" width="${px(wide - 0.8)}" height="${px(tall)}"><title>${signed(score)}: ${percent(of / posts)}</title></rect>`
  })
  return html`${line('axis', x(-1) - wide, bottom, x(1) + wide, bottom)}${label(name, 0, bottom - EACH / 2, 'start', 'strong')}${label(
    count(posts),
    0,
    bottom - EACH / 2 + 14,
    'start',
  )}${bars}`
}
