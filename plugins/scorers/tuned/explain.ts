import type { Piece } from 'mood-exporter/plugin'
import { DENSE_FEATURES, PER_LIST } from './dense-features.ts'
import { REVERSED, SPENT } from './flags.ts'
import type { Model } from './model.ts'
import { FLAGS, IS_CUT, negativeOf, ofSteps, positiveOf } from './word-cache.ts'

const LISTS = 2

/** Contributions that belong to no word: the bias, length, capitals and others. */
const WHOLE = '(the whole text)'

/**
 * The contribution of each word of a text to the calibrated log odds of positive against negative, in the order of
 * the text, and the negator that reversed it. The contribution of a pair is divided equally between its two words;
 * that of a word list among its words in the text, by valence; that of a pooled unit goes to the word with its
 * maximum. The last piece contains what belongs to no word. The weights add up to ln(P(positive) / P(negative)).
 */
export function explain(model: Model, written: string): Piece[] {
  if (!model.read(written)) return []
  const { units, words, scale, header } = model
  const { count, places, states } = units
  const shares = new Float64Array(count)
  const [negative, positive] = header.bias
  let rest = positive - negative
  for (let unit = 0; unit < count; unit++) {
    const odds = words.odds(places[unit] as number, states[unit] as number)
    shares[unit] = ofSteps(positiveOf(odds) - negativeOf(odds)) * scale
  }
  for (let second = 1; second < count; second++)
    for (let first = second - 1; first >= 0 && first >= second - header.features.pairs.reach; first--) {
      const half = model.between(first, second) / 2
      shares[first] = (shares[first] as number) + half
      shares[second] = (shares[second] as number) + half
    }
  model.pooled?.share(units, words.numbers, shares)
  const listed = shareOutLists(model, shares)
  for (let feature = LISTS * PER_LIST; feature < DENSE_FEATURES; feature++)
    rest += model.denseContribution(feature)
  rest += listed.rest
  const texts = textsOf(model)
  const pieces = Array.from(shares, (share, unit): Piece => {
    const reasons = [reasonOf(model, texts, unit), listed.reasons[unit]].filter(
      reason => reason !== undefined,
    )
    const piece = { text: texts[unit] ?? '', weight: share * header.temperature }
    return reasons.length === 0 ? piece : { ...piece, why: reasons.join(', ') }
  })
  return [
    ...pieces,
    {
      text: WHOLE,
      weight: rest * header.temperature,
      why: 'how the text is written, and where the model starts from',
    },
  ]
}

/** The text of each unit: a token, or one of its two parts. */
function textsOf({ text, tokens, words }: Model): string[] {
  return Array.from({ length: tokens.count }, (_, token) => {
    const whole = text.slice(tokens.starts[token], tokens.ends[token])
    const place = words.find(tokens.hashes[token] as number, tokens.checks[token] as number)
    const isCut = place >= 0 && ((words.numbers[place + FLAGS] as number) & IS_CUT) !== 0
    const cut = isCut ? words.valences(place) : 0
    return isCut ? [whole.slice(0, cut), whole.slice(cut)] : [whole]
  }).flat()
}

function reasonOf(model: Model, texts: readonly string[], unit: number): string | undefined {
  const { states, by, count } = model.units
  if (states[unit] === REVERSED) return `reversed by ${texts[by[unit] as number]}`
  if (states[unit] !== SPENT) return undefined
  const reversed = Array.from({ length: count }, (_, other) => other).filter(
    other => states[other] === REVERSED && by[other] === unit,
  )
  return reversed.length === 0
    ? 'negates nothing here'
    : `reverses ${reversed.map(other => texts[other]).join(' ')}`
}

function shareOutLists(
  model: Model,
  shares: Float64Array,
): { rest: number; reasons: (string | undefined)[] } {
  const { units, dense } = model
  const reasons: (string | undefined)[] = []
  let rest = 0
  for (const list of [0, 1] as const) {
    let contribution = 0
    for (let feature = 0; feature < PER_LIST; feature++)
      contribution += model.denseContribution(list * PER_LIST + feature)
    const valences = Array.from({ length: units.listedCount }, (_, index) =>
      dense.valence(units, index, list),
    )
    const sum = valences.reduce((total, valence) => total + valence, 0)
    const size = valences.reduce((total, valence) => total + Math.abs(valence), 0)
    if (size === 0) rest += contribution
    for (const [index, valence] of valences.entries()) {
      if (valence === 0) continue
      const unit = units.listed[index] as number
      // If words of the list have opposite signs, each gets its own valence, and the rest is divided equally.
      const share = Math.abs(sum) > size / 4 ? valence / sum : Math.abs(valence) / size
      shares[unit] = (shares[unit] as number) + contribution * share
      const isGood = valence > 0 === (units.states[unit] !== REVERSED)
      reasons[unit] = `a ${isGood ? 'good' : 'bad'} word of the lists`
    }
  }
  return { rest, reasons }
}
