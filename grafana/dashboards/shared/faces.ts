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

/** So much beyond a cut, a mean score is called very positive, or very negative: as on the status page. */
const VERY = 0.25

/**
 * Where the chosen exporters cut scores into sentiments, as their configuration has it; the defaults where that is not
 * known, as of exporters that did not say yet.
 */
const cut = (sentiment: 'positive' | 'negative', usual: number) =>
  `scalar(max(mood_sentiment_threshold{job=~"$job", instance=~"$instance", sentiment="${sentiment}"}) or vector(${usual}))`

const POSITIVE = cut('positive', 0.05)
const NEGATIVE = cut('negative', -0.05)

/** What a mean score is compared with to go from one face to the next. A bound belongs to the stronger of the two. */
const STEPS = [
  { is: '>', bound: `${NEGATIVE} - ${VERY}` },
  { is: '>', bound: NEGATIVE },
  { is: '>=', bound: POSITIVE },
  { is: '>=', bound: `${POSITIVE} + ${VERY}` },
] as const

/** An expression that gives the place (0 to 4) of a mean score among the faces: a state rather than a measurement. */
export const placeOfScore = (score: string) =>
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

/** Turns such a place into its face. */
export const FACE_ALONE: ValueMapping = {
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    FACES.map(({ face, colour }, place) => [String(place), { text: face, color: colour, index: place }]),
  ),
}

/** Turns it into its face and word. */
export const FACE_OF_PLACE: ValueMapping = {
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    FACES.map(({ face, word, colour }, place) => [
      String(place),
      { text: `${face} ${word}`, color: colour, index: place },
    ]),
  ),
}
