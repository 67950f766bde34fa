import { Correlation } from '../../../../src/eval/measures.ts'
import { CUT } from '../score.ts'
import { type RatedText, readPlain, readRated } from './corpus.ts'
import { englishPairs } from './made/english-pairs.ts'
import { koreanPairs } from './made/korean-pairs.ts'
import { koreanPlain } from './made/korean-plain.ts'
import type { Made } from './made/made.ts'

type Score = (text: string) => number | null

const sideOf = (score: number | null) => (score === null ? 1 : score >= CUT ? 2 : score <= -CUT ? 0 : 1)

/** Prints the quality of a scorer on pairs of words that were not in training, and on plain texts. */
export function measure(language: string, folder: string, score: Score, show = false): void {
  if (language === 'en') {
    printPairs(englishPairs(1, 4, 99), score, show)
    printRated(readRated(folder).test, score)
  }
  if (language !== 'ko') return
  printPairs(koreanPairs(1, 4, 99), score, show)
  printPlain('held out', readPlain(folder).test, score, false)
  printPlain('made', koreanPlain(1, 4, 98), score, show)
}

function printPairs(made: readonly Made[], score: Score, show: boolean): void {
  const kinds = new Map<string, { pairs: number; right: number; plain: number; negated: number }>()
  for (let index = 0; index < made.length; index += 2) {
    const [plain, negated] = [made[index] as Made, made[index + 1] as Made]
    const [a, b] = [score(plain.text), score(negated.text)]
    const right = [sideOf(a) === plain.label, sideOf(b) === negated.label]
    if (show && !(right[0] && right[1]))
      console.log(plain.text, a?.toFixed(2), '|', negated.text, b?.toFixed(2))
    for (const kind of [plain.kind, plain.kind.split(',')[0] as string]) {
      const sums = kinds.get(kind) ?? { pairs: 0, right: 0, plain: 0, negated: 0 }
      sums.pairs++
      sums.right += Number(right[0] && right[1])
      sums.plain += Number(right[0])
      sums.negated += Number(right[1])
      kinds.set(kind, sums)
    }
  }
  for (const [kind, { pairs, right, plain, negated }] of [...kinds].sort())
    console.log(
      `${kind.padEnd(34)} ${pairs} pairs, ${(right / pairs).toFixed(3)} right; plain ${(plain / pairs).toFixed(3)}, negated ${(negated / pairs).toFixed(3)}`,
    )
}

function printPlain(
  name: string,
  texts: readonly { kind: string; text: string }[],
  score: Score,
  show: boolean,
): void {
  const kinds = new Map<string, number[]>()
  for (const { kind, text } of texts) {
    const given = score(text)
    const side = sideOf(given)
    if (show && side !== 1) console.log(given?.toFixed(2), kind, text)
    for (const key of [kind, 'all']) {
      const sums = kinds.get(key) ?? [0, 0, 0]
      sums[side] = (sums[side] as number) + 1
      kinds.set(key, sums)
    }
  }
  for (const [kind, [negative = 0, neutral = 0, positive = 0]] of kinds) {
    const all = negative + neutral + positive
    console.log(
      `${name}, ${kind}`.padEnd(34),
      `${all} texts, neutral ${(neutral / all).toFixed(3)}, negative ${(negative / all).toFixed(3)}`,
    )
  }
}

function printRated(texts: readonly RatedText[], score: Score): void {
  for (const kind of new Set(texts.map(({ kind }) => kind))) {
    const some = texts.filter(text => text.kind === kind)
    const correlation = new Correlation()
    for (const { rating, text } of some) correlation.add(rating, score(text) ?? 0)
    console.log(`${kind.padEnd(34)} ${some.length} rated sentences, r ${correlation.r?.toFixed(3)}`)
  }
}
