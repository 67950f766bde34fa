import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { bars } from '../shared/bar-gauge.ts'
import { BAD, GOOD, PLAIN } from '../shared/colours.ts'
import { line, type Section } from '../shared/layout.ts'
import { now } from '../shared/queries.ts'
import { backgroundStat, coloursFrom, stat } from '../shared/stat.ts'
import { table, WHOLE_PERCENT } from '../shared/table.ts'
import { UNITS } from '../shared/units.ts'
import { FACE_AND_WORD_MAPPING, moodLevel } from '../shared/value-mappings.ts'
import { age, CHOSEN, IN_WINDOW, meanRank, mentions, mood, rank, share } from './expressions.ts'

const NO_LIST = 'No list yet, or none for as long as the longest window'

const ageOfList = () =>
  backgroundStat({
    title: 'Age of the list',
    description:
      'The age of the latest list, from the time that the service gives, otherwise from its arrival. An alert fires when three lists are overdue.',
    unit: UNITS.seconds,
    width: 6,
    empty: 'No list yet',
    queries: [now(`time() - max(mood_ranking_list_timestamp_seconds{${CHOSEN}})`, 'age')],
  })
    .decimals(0)
    .thresholds(coloursFrom(GOOD, [3600, PLAIN], [10_800, BAD]))

const lists = () =>
  stat({
    title: 'Lists in the window',
    description:
      'Snapshots in the selected window, of which shares are computed. If there are fewer than usual, some were missed.',
    unit: UNITS.lists,
    width: 6,
    empty: 'No list yet',
    queries: [now(`max(mood_ranking_window_snapshots{${IN_WINDOW}})`, 'lists')],
  }).thresholds(coloursFrom(PLAIN))

const entered = () =>
  stat({
    title: 'New in the last hour',
    description:
      'Terms of the current list that are new in the last hour and were not in it before, within the longest window. In the first hour all terms are new.',
    unit: UNITS.terms,
    width: 6,
    empty: NO_LIST,
    queries: [now(`sum((${age}) < bool 3600)`, 'new')],
  }).thresholds(coloursFrom(PLAIN, [1, GOOD]))

const overlap = () =>
  stat({
    title: 'About your topics',
    description: 'Terms of the current list that contain a keyword of your topics.',
    unit: UNITS.terms,
    width: 6,
    empty: 'No topics with keywords, or no list',
    queries: [now(`sum(max by (topic) (mood_ranking_topic_terms{${CHOSEN}}))`, 'terms')],
  }).thresholds(coloursFrom(PLAIN, [1, GOOD]))

const seconds = [
  { id: 'unit', value: UNITS.seconds },
  { id: 'decimals', value: 0 },
]
const face = [{ id: 'mappings', value: [FACE_AND_WORD_MAPPING] }]

const present = () =>
  table(
    {
      title: 'The list now',
      description:
        'The latest list. For each term: the share of snapshots in the window that hold it, its mean rank over those, how long it has been listed (within the longest window), how often it is searched for if the service says so, and the number and mean score of posts that mention it (with the extractor `trends`).',
      unit: UNITS.terms,
      width: 24,
      empty: NO_LIST,
      queries: [
        `sort(${rank})`,
        `${share} and ${rank}`,
        `${meanRank} and ${rank}`,
        age,
        `max by (term) (mood_ranking_term_count{${CHOSEN}})`,
        `${mentions} and ${rank}`,
        `(${moodLevel(mood)}) and ${rank}`,
      ].map(expr => now(expr, '{{term}}').format(PromQueryFormat.Table)),
    },
    'term',
    [
      { heading: 'rank', properties: [{ id: 'unit', value: UNITS.rank }] },
      { heading: 'share of lists', properties: WHOLE_PERCENT },
      {
        heading: 'mean rank',
        properties: [
          { id: 'unit', value: UNITS.rank },
          { id: 'decimals', value: 1 },
        ],
      },
      { heading: 'there for', properties: seconds },
      { heading: 'searches', properties: [{ id: 'unit', value: 'short' }] },
      { heading: 'posts', properties: [{ id: 'unit', value: 'short' }] },
      { heading: 'mood', properties: face },
    ],
  )

const shares = () =>
  bars({
    title: 'Share of appearances, last $window',
    description:
      'The share of snapshots in the window that hold each term, still listed or not: the first terms of the window, and those of the current list.',
    unit: UNITS.share,
    width: 12,
    empty: 'No list in this window',
    queries: [now(`sort_desc(${share})`, '{{term}}')],
  })
    .decimals(0)
    .max(1)

const meanRanks = () =>
  bars({
    title: 'Mean rank, last $window',
    description:
      'The mean rank of the same terms over the snapshots that hold them, the best first: a short bar is a rank near the top.',
    unit: UNITS.rank,
    width: 12,
    empty: 'No list in this window',
    queries: [now(`sort(${meanRank})`, '{{term}}')],
  }).decimals(1)

/** What trends, and for how long. */
export const list = (): Section => ({
  lines: [
    line(4, ageOfList(), lists(), entered(), overlap()),
    line(11, present()),
    line(11, shares(), meanRanks()),
  ],
})
