import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard'
import { bars } from '../shared/bar-gauge.ts'
import { COLOURS } from '../shared/colours.ts'
import { line, type Section } from '../shared/layout.ts'
import { now, overTime } from '../shared/queries.ts'
import { states } from '../shared/state-timeline.ts'
import { events } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { age, CHOSEN, rank, share } from './expressions.ts'

/** How many terms are shown. */
const TERMS = 20

/** How many ranks have a colour. */
const PLACES = 20

/** The first three ranks are the darkest. */
const colourOf = (place: number) =>
  place <= 3 ? COLOURS.veryPositive : place <= 10 ? COLOURS.positive : COLOURS.neutral

const ranks = () =>
  states(
    {
      title: 'Ranks',
      description: `The rank of each term over the time range, while it was listed: the ${TERMS} terms with the largest shares of the selected window. The first three ranks are dark blue.`,
      unit: UNITS.state,
      width: 16,
      empty: 'No list in this time range',
      queries: [
        overTime(`${rank} and on (term) topk(${TERMS}, ${share.replace('})', '} @ end())')})`, '{{term}}'),
      ],
    },
    {
      type: MappingType.ValueToText,
      options: Object.fromEntries(
        Array.from({ length: PLACES }, (_, i) => i + 1).map(place => [
          String(place),
          { text: String(place), color: colourOf(place), index: place - 1 },
        ]),
      ),
    },
  ).interval('1m')

const youngest = () =>
  bars({
    title: 'What is new',
    description:
      'How long each term of the current list has been listed, the newest first, within the longest window.',
    unit: UNITS.seconds,
    width: 8,
    empty: 'No list yet, or none for as long as the longest window',
    queries: [now(`sort(${age})`, '{{term}}')],
  }).decimals(0)

const entering = () =>
  events({
    title: 'New terms',
    description: 'Terms that entered the list and were not in it within the longest window.',
    unit: UNITS.terms,
    width: 12,
    empty: 'No list in this time range',
    queries: [overTime(`max(increase(mood_ranking_new_terms_total{${CHOSEN}}[$__rate_interval]))`, 'new')],
  }).interval('10m')

const topics = () =>
  events({
    title: 'Terms about your topics',
    description: 'Terms of the list that contain a keyword of a topic, by topic.',
    unit: UNITS.terms,
    width: 12,
    empty: 'No topics with keywords, or no list in this time range',
    queries: [overTime(`max by (topic) (mood_ranking_topic_terms{${CHOSEN}})`, '{{topic}}')],
  }).interval('10m')

/** The list over time. */
export const course = (): Section => ({
  title: 'Over the day',
  lines: [line(14, ranks(), youngest()), line(7, entering(), topics())],
})
