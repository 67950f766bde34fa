/** Posts of an hour or a day, as rules record them every two minutes. */
export type Span = '1h' | '1d'

/** How long ago. */
export type Ago = '' | ' offset 1d' | ` offset ${1 | 2 | 3 | 4}w`

/** The exporters and the scorer that are chosen above the dashboard, whatever the topic. */
export const CHOSEN = 'job=~"$job", scorer="$scorer"'

interface Which {
  ago?: Ago
  /** A matcher on the sentiment. */
  sentiment?: string
  /** The variable that says which topics. */
  topics?: 'topic' | 'panel'
}

const series = (span: Span, { ago = '', sentiment = '', topics = 'topic' }: Which) =>
  `topic:mood_posts:last${span}{${CHOSEN}, topic=~"$${topics}"${sentiment && `, ${sentiment}`}}${ago}`

/** Posts of each topic. One that is about two of them counts in each. */
export const posts = (span: Span, which: Which = {}) => `sum by (topic) (${series(span, which)})`

/** The four weeks before. */
const WEEKS = [1, 2, 3, 4] as const

/**
 * Posts of all chosen topics in the same hour of the week, over the four weeks before, or over those of them that are
 * stored.
 */
export const sameHour = (over: 'avg' | 'min' | 'max') =>
  `${over}(${WEEKS.map(week => `label_replace(sum(${series('1h', { ago: ` offset ${week}w` })}), "week", "${week}", "", "")`).join(' or ')})`

/** Those that have a score: of which a share can be positive or negative. */
export const scored = (span: Span, which: Which = {}) =>
  `(${posts(span, { ...which, sentiment: 'sentiment!="unknown"' })} > 0)`

const of = (sentiment: string, span: Span, which: Which) =>
  posts(span, { ...which, sentiment: `sentiment="${sentiment}"` })

/** Net sentiment: positive less negative posts, as a part of all that have a score. From -1 to 1. */
export const net = (span: Span, which: Which = {}) =>
  `(${of('positive', span, which)} - ${of('negative', span, which)}) / ${scored(span, which)}`

export const negative = (span: Span, which: Which = {}) =>
  `${of('negative', span, which)} / ${scored(span, which)}`

/**
 * How far net sentiment may be off by chance, with so few posts: 1.96 standard errors of the mean of +1, 0 and -1. Its
 * variance is the share of posts with either sentiment, less the square of the mean.
 */
export const margin = (span: Span) =>
  `1.96 * sqrt((${posts(span, { sentiment: 'sentiment=~"positive|negative"' })} / ${scored(span)} - (${net(span)}) ^ 2) / ${scored(span)})`

/** The part of each topic in the posts of all that it is compared with. Shown topics are chosen after dividing. */
export const voice = (span: Span, ago: Ago = '') =>
  `${posts(span, { ago })} / on () group_left () sum(${posts(span, { ago, topics: 'panel' })})`
