import { line, type Section } from '../shared/layout.ts'
import { overTime } from '../shared/queries.ts'
import { bySentiment, stacked } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { windowPosts } from './expressions.ts'

const perSecond = () =>
  bySentiment(
    stacked({
      title: 'Posts per second, by sentiment',
      description:
        'Posts of each second by when they were written, whenever they arrived. `unknown` are posts that the scorer could say nothing about.',
      unit: UNITS.posts,
      width: 12,
      empty: 'No complete second in this time range, or no window of 1s is configured',
      queries: [overTime(windowPosts('1s'), '{{sentiment}}')],
    }),
  )

const perMinute = () =>
  bySentiment(
    stacked({
      title: 'Posts per minute, by sentiment',
      description:
        'Posts of the last complete minute by when they were written; the minute slides on every few seconds.',
      unit: UNITS.posts,
      width: 12,
      empty: 'No complete minute in this time range, or no window of 1m is configured',
      queries: [overTime(windowPosts('1m'), '{{sentiment}}')],
    }),
  )

/** How much is said, by event time. */
export const posts = (): Section => ({
  title: 'Posts by event time',
  lines: [line(8, perSecond(), perMinute())],
})
