import type { Piece } from 'mood-exporter/plugin'
import { CUES } from './cues.ts'
import type { FeatureList } from './feature-list.ts'
import type { Model } from './model.ts'
import { composed } from './tokens.ts'

/** Cues of the word lists come first; those of style are of the text as a whole. */
const LISTS = 2
const PER_LIST = (CUES - 8) / LISTS

/**
 * What each token of a text added to the calibrated log odds of positive against negative, in the order of the text.
 * An n-gram's weight is shared out evenly among the tokens that it touches; a word list's among the tokens that it
 * has, by their valence; a pooled unit's goes to the token that has most of it. A last piece without text has what
 * belongs to no token: where the model starts from, length, capitals and the like. The weights add up to
 * ln(P(positive) / P(negative)).
 */
export function explain(model: Model, written: string): Piece[] {
  const text = composed(written)
  const { parts, pairs } = model.features
  for (const list of parts) list.placed = true
  const known = model.read(text)
  for (const list of parts) list.placed = false
  if (!known) return []
  const { tokens } = model.features
  const shares = new Float64Array(tokens.count)
  const [negative, positive] = model.header.bias
  let rest = positive - negative
  for (const list of parts) rest += shareOut(model, list, shares, list === pairs)
  model.pooled?.share(tokens, model.features.negated, shares)
  const why = shareOutLists(model, shares)
  for (let cue = LISTS * PER_LIST; cue < CUES; cue++) rest += model.cueLeaning(cue)
  rest += why.rest
  const { temperature } = model.header
  const pieces = Array.from(shares, (share, token): Piece => {
    const from = tokens.origins[tokens.starts[token] as number] as number
    const to =
      token + 1 < tokens.count ? (tokens.origins[tokens.starts[token + 1] as number] as number) : text.length
    const reason = why.reasons[token]
    const piece = { text: text.slice(from, to).trim(), weight: share * temperature }
    return reason === undefined ? piece : { ...piece, why: reason }
  })
  return [
    ...pieces,
    { text: '', weight: rest * temperature, why: 'how the text is written, and where the model starts from' },
  ]
}

/**
 * Gives each feature's weight to the tokens under it, and gives back what lies under none.
 *
 * @param outer whether only the first and the last token under it are meant, as with a pair
 */
function shareOut(model: Model, list: FeatureList, shares: Float64Array, outer: boolean): number {
  const { tokens } = model.features
  const tokenAt = new Int32Array(tokens.length + 1).fill(-1)
  for (let token = 0; token < tokens.count; token++)
    tokenAt.fill(token, tokens.starts[token] as number, tokens.ends[token] as number)
  let rest = 0
  for (let index = 0; index < list.count; index++) {
    const weight = model.leaning(list, index)
    if (weight === 0) continue
    const under = tokenAt.subarray(list.from[index] as number, list.to[index] as number)
    const touched = new Set(outer ? [under[0] as number, under.at(-1) as number] : under)
    touched.delete(-1)
    if (touched.size === 0) rest += weight
    for (const token of touched) shares[token] = (shares[token] as number) + weight / touched.size
  }
  return rest
}

function shareOutLists(
  model: Model,
  shares: Float64Array,
): { rest: number; reasons: (string | undefined)[] } {
  const { features, cues } = model
  const reasons: (string | undefined)[] = []
  let rest = 0
  for (const list of [0, 1] as const) {
    let leaning = 0
    for (let cue = 0; cue < PER_LIST; cue++) leaning += model.cueLeaning(list * PER_LIST + cue)
    const valences = Array.from(shares, (_, token) => cues.valence(features, token, list))
    const sum = valences.reduce((total, valence) => total + valence, 0)
    const size = valences.reduce((total, valence) => total + Math.abs(valence), 0)
    if (size === 0) rest += leaning
    for (const [token, valence] of valences.entries()) {
      if (valence === 0) continue
      // Where the list's words pull both ways, each is given its own way and the rest evenly.
      const share = Math.abs(sum) > size / 4 ? valence / sum : Math.abs(valence) / size
      shares[token] = (shares[token] as number) + leaning * share
      reasons[token] =
        `${valence > 0 ? 'a good' : 'a bad'} word of the lists${features.negated[token] === 1 ? ', negated' : ''}`
    }
  }
  return { rest, reasons }
}
