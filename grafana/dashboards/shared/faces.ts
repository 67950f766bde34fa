import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard'
import { COLOURS } from './colours.ts'

/** Faces for a mean score between two bounds, from the most negative up: those of the status page. */
const FACES = [
  { from: -1, to: -0.3, face: '😡', word: 'very negative', colour: COLOURS.veryNegative },
  { from: -0.3, to: -0.05, face: '🙁', word: 'negative', colour: COLOURS.negative },
  { from: -0.05, to: 0.05, face: '😐', word: 'neutral', colour: COLOURS.neutral },
  { from: 0.05, to: 0.3, face: '🙂', word: 'positive', colour: COLOURS.positive },
  { from: 0.3, to: 1, face: '😄', word: 'very positive', colour: COLOURS.veryPositive },
] as const

/** From which mean score on a mood is called neutral, and positive. */
export const FACES_FROM = { neutral: FACES[2].from, positive: FACES[3].from } as const

/** How extreme a face is. */
const extent = ({ from, to }: (typeof FACES)[number]) => Math.abs(from + to)

/** Turns a mean score (-1 to 1) into a face. The first range that fits counts, so a bound belongs to the stronger. */
export const FACE_OF_SCORE: ValueMapping[] = FACES.toSorted((a, b) => extent(b) - extent(a)).map(
  ({ from, to, face, colour }, index) => ({
    type: MappingType.RangeToText,
    options: { from, to, result: { text: face, color: colour, index } },
  }),
)

/** An expression that gives the place (0 to 4) of a mean score among the faces: a state rather than a measurement. */
export const placeOfScore = (score: string) =>
  FACES.slice(1)
    .map(({ from }) => `(${score} ${from < 0 ? '>' : '>='} bool ${from})`)
    .join(' + ')

/** Turns such a place into its face and word. */
export const FACE_OF_PLACE: ValueMapping = {
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    FACES.map(({ face, word, colour }, place) => [
      String(place),
      { text: `${face} ${word}`, color: colour, index: place },
    ]),
  ),
}
