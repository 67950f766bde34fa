/** The ranges of posts that rules record, every two minutes. */
export type Span = '1h' | '1d'

/** How long ago the range ended. */
export type Ago = '' | ' offset 1d' | ` offset ${1 | 2 | 3 | 4}w`

/** The selected jobs and the selected scorer, of all topics. */
export const CHOSEN = 'job=~"$job", scorer="$scorer"'

interface Which {
  ago?: Ago
  /** A matcher on the sentiment. */
  sentiment?: string
  /** The variable that selects the topics. */
  topics?: 'topic' | 'panel'
}

const series = (span: Span, { ago = '', sentiment = '', topics = 'topic' }: Which) =>
  `topic:mood_posts:last${span}{${CHOSEN}, topic=~"$${topics}"${sentiment && `, ${sentiment}`}}${ago}`

/** Posts of each topic. A post on two topics counts in each. */
export const posts = (span: Span, which: Which = {}) => `sum by (topic) (${series(span, which)})`

/** The four weeks before. */
const WEEKS = [1, 2, 3, 4] as const

/**
 * Posts of all selected topics in the same hour of the week: the mean, minimum or maximum of the four weeks before, or of
 * those of them that are stored.
 */
export const sameHour = (over: 'avg' | 'min' | 'max') =>
  `${over}(${WEEKS.map(week => `label_replace(sum(${series('1h', { ago: ` offset ${week}w` })}), "week", "${week}", "", "")`).join(' or ')})`

/** Posts that have a score; without any, no series, so that nothing is divided by 0. */
export const scored = (span: Span, which: Which = {}) =>
  `(${posts(span, { ...which, sentiment: 'sentiment!="unknown"' })} > 0)`

const of = (sentiment: string, span: Span, which: Which) =>
  posts(span, { ...which, sentiment: `sentiment="${sentiment}"` })

/** Net sentiment: positive minus negative posts, as a share of those with a score, from -1 to 1. */
export const net = (span: Span, which: Which = {}) =>
  `(${of('positive', span, which)} - ${of('negative', span, which)}) / ${scored(span, which)}`

export const negative = (span: Span, which: Which = {}) =>
  `${of('negative', span, which)} / ${scored(span, which)}`

/**
 * Half the width of the 95 % confidence interval of net sentiment: 1.96 standard errors of the mean of +1, 0 and -1. The
 * variance is the share of posts that are positive or negative, minus the square of the mean.
 */
export const margin = (span: Span) =>
  `1.96 * sqrt((${posts(span, { sentiment: 'sentiment=~"positive|negative"' })} / ${scored(span)} - (${net(span)}) ^ 2) / ${scored(span)})`

/** The share of each topic in the posts on all compared topics, whether or not they are shown. */
export const voice = (span: Span, ago: Ago = '') =>
  `${posts(span, { ago })} / on () group_left () sum(${posts(span, { ago, topics: 'panel' })})`
