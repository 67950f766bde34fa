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
        'Posts of each second of event time, independent of when they arrived. `unknown` are posts without a score.',
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
      description: 'Posts of the last complete minute of event time; the window slides every few seconds.',
      unit: UNITS.posts,
      width: 12,
      empty: 'No complete minute in this time range, or no window of 1m is configured',
      queries: [overTime(windowPosts('1m'), '{{sentiment}}')],
    }),
  )

/** Numbers of posts, by event time. */
export const posts = (): Section => ({
  title: 'Posts by event time',
  lines: [line(8, perSecond(), perMinute())],
})
