import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard'
import { COLOURS } from './colours.ts'

/** Faces for mean scores, from the most negative up: those of the status page. */
export const FACES = [
  { face: '😡', word: 'very negative', colour: COLOURS.veryNegative },
  { face: '🙁', word: 'negative', colour: COLOURS.negative },
  { face: '😐', word: 'neutral', colour: COLOURS.neutral },
  { face: '🙂', word: 'positive', colour: COLOURS.positive },
  { face: '😄', word: 'very positive', colour: COLOURS.veryPositive },
] as const

/** A mean score this far beyond a threshold is very positive or very negative, as on the status page. */
const VERY = 0.25

/** The threshold of a sentiment from the configuration of the selected exporters, or its default if they report none. */
const cut = (sentiment: 'positive' | 'negative', usual: number) =>
  `scalar(max(mood_sentiment_threshold{job=~"$job", instance=~"$instance", sentiment="${sentiment}"}) or vector(${usual}))`

const POSITIVE = cut('positive', 0.05)
const NEGATIVE = cut('negative', -0.05)

/** Bounds between levels. A score on a bound has the stronger level. */
const STEPS = [
  { is: '>', bound: `${NEGATIVE} - ${VERY}` },
  { is: '>', bound: NEGATIVE },
  { is: '>=', bound: POSITIVE },
  { is: '>=', bound: `${POSITIVE} + ${VERY}` },
] as const

/** An expression that turns a mean score into its level, 0 to 4: the index into `FACES`. */
export const moodLevel = (score: string) =>
  STEPS.map(({ is, bound }) => `((${score}) ${is} bool (${bound}))`).join(' + ')

/** An expression that gives mean scores the label `face`. */
export const withFace = (scores: string) =>
  FACES.map(({ face }, place) => {
    const below = STEPS[place - 1]
    const above = STEPS[place]
    const from = below ? ` ${below.is} (${below.bound})` : ''
    const to = above ? ` ${above.is === '>' ? '<=' : '<'} (${above.bound})` : ''
    return `label_replace((${scores})${from}${to}, "face", "${face}", "", "")`
  }).join(' or ')

/** Maps a level to its face. */
export const FACE_MAPPING: ValueMapping = {
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    FACES.map(({ face, colour }, place) => [String(place), { text: face, color: colour, index: place }]),
  ),
}

/** Maps a level to its face and word. */
export const FACE_AND_WORD_MAPPING: ValueMapping = {
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    FACES.map(({ face, word, colour }, place) => [
      String(place),
      { text: `${face} ${word}`, color: colour, index: place },
    ]),
  ),
}
