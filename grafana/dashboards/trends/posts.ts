import { bars } from '../shared/bar-gauge.ts'
import { line, type Section } from '../shared/layout.ts'
import { moodBars } from '../shared/mood-bars.ts'
import { now, overTime } from '../shared/queries.ts'
import { lines, names } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { mentions, mood } from './expressions.ts'

const EMPTY = 'No posts mention these terms: this needs a topic with `from`, and the extractor `trends`'

const posts = () =>
  bars({
    title: 'Posts that mention the terms, last $term_window',
    description:
      'Posts with each term of the list, by arrival. From all sources of posts, for topics whose keywords come from a ranking.',
    unit: UNITS.posts,
    width: 8,
    empty: EMPTY,
    queries: [now(`sort_desc(${mentions})`, '{{term}}')],
  })

const moodOfEach = () =>
  moodBars(
    {
      title: 'Mood of those posts',
      description:
        'The mean score of the posts with each term, by the first scorer of the configuration, the most negative first, with its face and colour.',
      width: 8,
      empty: EMPTY,
    },
    mood,
  )

const moodOverTime = () =>
  lines({
    title: 'Mood over time',
    description: 'The same, over the time range.',
    unit: UNITS.score,
    width: 8,
    empty: EMPTY,
    queries: [overTime(mood, '{{term}}')],
  })
    .decimals(2)
    .legend(names())
    .axisSoftMin(-0.3)
    .axisSoftMax(0.3)

/** Posts about the terms of a ranking. */
export const writing = (): Section => ({
  title: 'Posts about the trends',
  lines: [line(10, posts(), moodOfEach(), moodOverTime())],
})
