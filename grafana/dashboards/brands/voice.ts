import { COLOURS } from '../shared/colours.ts'
import { line, type Section } from '../shared/layout.ts'
import { overTime } from '../shared/queries.ts'
import { inColour, lines, names, referenceLine, stacked } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { posts, sameHour, voice } from './expressions.ts'

const volume = () =>
  lines({
    title: 'Posts an hour',
    description: 'Posts of the previous hour, by topic. A post about two topics counts in each.',
    unit: UNITS.posts,
    width: 8,
    empty: 'No posts in this time range',
    queries: [overTime(posts('1h'), '{{topic}}')],
  })
    .min(0)
    .legend(names())

const shareOfVoice = () =>
  stacked({
    title: 'Share of voice',
    description:
      'The share of each topic in the posts of the previous 24 hours on all topics compared ("Compared with", above). Selecting fewer topics does not change the shares. A post about two topics counts in each, so shares are of mentions.',
    unit: UNITS.share,
    width: 8,
    empty: 'No posts in this time range',
    queries: [overTime(voice('1d'), '{{topic}}')],
  }).max(1)

const against = () =>
  lines({
    title: 'Posts in 24 hours, beside the day and the week before',
    description:
      'All selected topics together: posts of the previous 24 hours, and those of the same 24 hours a day and a week earlier.',
    unit: UNITS.posts,
    width: 8,
    empty: 'No posts in this time range',
    queries: [
      overTime(`sum(${posts('1d')})`, 'posts'),
      overTime(`sum(${posts('1d', { ago: ' offset 1d' })})`, 'a day before'),
      overTime(`sum(${posts('1d', { ago: ' offset 1w' })})`, 'a week before'),
    ],
  })
    .min(0)
    .legend(names())
    .overrideByName('a day before', referenceLine())
    .overrideByName('a week before', referenceLine('#98a1ac'))

const hourOfTheWeek = () =>
  lines({
    title: 'Posts an hour, beside the same hour of other weeks',
    description:
      'All selected topics together, and the usual number for the hour of the week: the mean of the same hour in the previous four weeks, with their minimum and maximum. With less than four weeks of data, of the stored ones.',
    unit: UNITS.posts,
    width: 24,
    empty: 'No posts in this time range',
    queries: [
      overTime(`sum(${posts('1h')})`, 'posts'),
      overTime(sameHour('avg'), 'usual for the hour'),
      overTime(sameHour('max'), 'at most'),
      overTime(sameHour('min'), 'at least'),
    ],
  })
    .min(0)
    .legend(names())
    .overrideByName('posts', inColour(COLOURS.positive))
    .overrideByName('usual for the hour', referenceLine(COLOURS.neutral))
    .overrideByName('at most', [...edge(25), { id: 'custom.fillBelowTo', value: 'at least' }])
    .overrideByName('at least', edge(0))

/** An edge of the usual range. */
const edge = (fillOpacity: number) => [
  ...inColour(COLOURS.neutral),
  { id: 'custom.lineWidth', value: 0 },
  { id: 'custom.fillOpacity', value: fillOpacity },
]

/** Numbers of posts, by topic. */
export const volumes = (): Section => ({
  title: 'Volume and share of voice',
  lines: [line(9, volume(), shareOfVoice(), against()), line(8, hourOfTheWeek())],
})
