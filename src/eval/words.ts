import { counted } from '../config/counted.ts'
import type { Measures } from './measures.ts'
import type { Report } from './report.ts'
import type { KindMeasures } from './scorecard.ts'
import { LABELS } from './sentiment.ts'

/** How many different labels are listed. */
const FEW_LABELS = 30

const count = (value: number) => value.toLocaleString('en')
const percent = (share: number) => `${(100 * share).toFixed(1)}%`
const rounded = (value: number) => String(Math.round(value * 1000) / 1000)

/** Describes the data, in sentences. */
export function describeData({ data, thresholds, baseline }: Report): string[] {
  const { posts, byLabel, scale, labels } = data
  const shares = LABELS.map(label => `${percent(byLabel[label] / posts)} ${label}`).join(', ')
  const left = [
    ...(data.skipped > 0
      ? [
          data.skipped === 1
            ? '1 was left out by its label'
            : `${count(data.skipped)} were left out by their label`,
        ]
      : []),
    ...(data.unreadable > 0 ? [`${counted(data.unreadable, 'line')} could not be read`] : []),
    ...(posts < data.rows - data.skipped - data.unreadable ? [`a sample of ${count(data.rows)}`] : []),
  ]
  const ratings = scale
    ? [
        `Ratings from ${rounded(scale.low)} to ${rounded(scale.high)}; neutral from ${rounded(scale.neutral.low)} to ${rounded(scale.neutral.high)}.`,
      ]
    : []
  return [
    `${data.file}: ${counted(posts, 'post')}, ${shares}${left.length > 0 ? `; ${left.join('; ')}` : ''}.`,
    `Read as: ${data.columns}.`,
    ...describeLabels(labels),
    ...ratings,
    `Scores from ${thresholds.positive} up are positive, from ${thresholds.negative} down negative. The same answer for every post would be right for ${percent(baseline)} of them.`,
  ]
}

/** `Labels: negative is 1, 2; neutral is 3; positive is 4, 5.`, unless they are self-explanatory. */
function describeLabels(labels: Report['data']['labels']): string[] {
  const isPlain = labels.every(({ label, sentiment }) => label === sentiment)
  if (isPlain || labels.length > FEW_LABELS) return []
  const byNumber = (a: { label: string }, b: { label: string }) =>
    Number(a.label) - Number(b.label) || (a.label < b.label ? -1 : 1)
  const said = [...LABELS, 'skip' as const].map(sentiment => {
    const names = labels.filter(one => one.sentiment === sentiment).sort(byNumber)
    return { sentiment, names: names.map(({ label }) => label).join(', ') }
  })
  const parts = said
    .filter(({ names }) => names !== '')
    .map(({ sentiment, names }) => `${sentiment === 'skip' ? 'left out' : sentiment} is ${names}`)
  return [`Labels: ${parts.join('; ')}.`]
}

/** Short descriptions of the measures. */
export const MEASURES: readonly { name: string; meaning: string }[] = [
  {
    name: 'macro recall',
    meaning:
      'Macro-averaged recall: the mean, over the labels that occur, of the share of their posts that were classified correctly (SemEval 2017 task 4 A). Rare labels count as much as common ones; with three labels, guessing reaches 1/3. ± is half of the 95% confidence interval.',
  },
  { name: 'accuracy', meaning: 'The share of all posts that were classified correctly.' },
  {
    name: 'F1 pos/neg',
    meaning: 'The mean of the F1 of positive and of negative posts (SemEval 2013 to 2016).',
  },
  {
    name: 'right side',
    meaning:
      'Of the posts labelled negative or positive, those whose score lies on that side of 0, however near. A score of 0 is on neither.',
  },
  {
    name: "Pearson's r",
    meaning:
      'The linear correlation of scores and ratings, over posts with a score: 0 for none, 1 for a perfect one.',
  },
  {
    name: 'calibration error',
    meaning:
      'The mean difference between (score + 1) / 2 and the labels of posts with such scores (1 positive, 0.5 neutral, 0 negative), in 15 bins, weighted by posts. At 0 the mean score of many posts equals their net sentiment: positive minus negative, as a share of all.',
  },
  {
    name: 'pairs',
    meaning:
      'For posts in pairs, such as a sentence and its negation: the share of pairs of which both posts were classified correctly.',
  },
  {
    name: 'said neutral, negative',
    meaning:
      'By kind of post: the shares classified as neutral and as negative, independent of their label. For a kind that is neutral throughout, the second is how often a neutral text is classified as negative.',
  },
  { name: 'posts/s', meaning: 'Posts divided by the time spent in the scorer, in one process.' },
]

/** Groups with fewer posts are left out. */
const FEW_POSTS = 30

export interface GroupRow {
  name: string
  posts: number
  /** By scorer. */
  measures: Measures[]
}

/** Measures of groups with enough posts, and the number of smaller groups. */
export function groupRows(
  { scorers }: Report,
  names: readonly string[],
  by: 'byLanguage' | 'byLength',
): { rows: GroupRow[]; small: number } {
  const rows = names
    .map(name => {
      const measures = scorers.map(scorer => scorer[by][name]).filter(measures => measures !== undefined)
      return { name, posts: measures[0]?.posts ?? 0, measures }
    })
    .filter(({ posts }) => posts > 0)
  const large = rows.filter(({ posts }) => posts >= FEW_POSTS)
  return { rows: large, small: rows.length - large.length }
}

/** The languages of the posts, most frequent first. */
export const languagesOf = ({ scorers: [first] }: Report): string[] =>
  Object.entries(first?.byLanguage ?? {})
    .sort(([, a], [, b]) => b.posts - a.posts)
    .map(([language]) => language)

export interface KindRow {
  name: string
  posts: number
  /** By scorer. */
  measures: KindMeasures[]
}

/** Measures of the kinds of posts in the data, in order. */
export function kindRows({ scorers }: Report): KindRow[] {
  return Object.keys(scorers[0]?.byKind ?? {}).map(name => {
    const measures = scorers.map(scorer => scorer.byKind[name]).filter(measures => measures !== undefined)
    return { name, posts: measures[0]?.posts ?? 0, measures }
  })
}
