import { bars } from '../shared/bar-gauge.ts'
import { line, type Section } from '../shared/layout.ts'
import { moodBars } from '../shared/mood-bars.ts'
import { now } from '../shared/queries.ts'
import { UNITS } from '../shared/units.ts'
import { termScores, topTerms } from './expressions.ts'

const EMPTY = 'No terms in this window yet'

const top = (k: number) =>
  bars({
    title: `Top ${k} $extractor, last $term_window`,
    description: `The ${k} most used terms of the selected topics, by the number of posts with them, in the sliding event-time window. For several topics the counts of their top terms are added up.`,
    unit: UNITS.posts,
    width: 8,
    empty: EMPTY,
    queries: [now(`sort_desc(${topTerms(k)})`, '{{term}}')],
  })

const moodOfTop = () =>
  moodBars(
    {
      title: 'Mood of the top 10',
      description:
        'The mean score of the posts with each term, by the first scorer of the configuration, the most negative first, with its face and colour. In an incident this shows its subject.',
      width: 8,
      empty: 'No scored posts with these terms',
    },
    `${termScores} and ${topTerms(10)}`,
  )

/** The most used terms, and their mood. */
export const terms = (): Section => ({
  title: 'Top terms',
  lines: [line(10, top(5), top(10), moodOfTop())],
})
