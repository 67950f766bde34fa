import { DENSE_FEATURES } from '../dense-features.ts'
import type { FeatureSettings } from '../features.ts'
import { buildMatrix } from './matrix.ts'
import { logits, train } from './sgd.ts'

/** The fold of each post, and the names of the folds. */
export interface Folds {
  readonly of: Uint8Array
  readonly names: readonly string[]
}

/**
 * Random but reproducible folds. Posts that differ only in case, punctuation, digits and repeated letters are in the
 * same fold: a copy of a training post would not be a test.
 */
export function randomFolds(texts: readonly string[], count: number): Folds {
  const of = Uint8Array.from(texts, text => {
    const plain = text
      .toLowerCase()
      .replace(/https?:\/\/\S+|@\w+/g, '')
      .replace(/[^\p{L}]+/gu, '')
      .replace(/(.)\1+/gu, '$1')
    let hash = 7
    for (let index = 0; index < plain.length; index++)
      hash = Math.imul(hash ^ plain.charCodeAt(index), 0x01000193)
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
    return ((hash ^ (hash >>> 13)) >>> 0) % count
  })
  return { of, names: Array.from({ length: count }, (_, fold) => `part ${fold + 1}`) }
}

/** Twitter's short links had 8 characters at first, later 10, and https since the autumn of 2015. */
const SHAPES = [/http:\/\/t\.co\/\w{8}(?!\w)/, /http:\/\/t\.co\/\w{10}(?!\w)/, /https:\/\/t\.co\//]
export const ERA_NAMES = ['2011 and 2012', '2013 to summer 2015', 'autumn 2015 on']
const EARLIEST = /\b201[12]\b/
const LATEST = /\b2016\b/

function shownEra(text: string): number {
  if (SHAPES[2]?.test(text) || LATEST.test(text)) return 2
  if (SHAPES[0]?.test(text) || EARLIEST.test(text)) return 0
  return SHAPES[1]?.test(text) ? 1 : -1
}

/**
 * The era of tweets. The data does not contain it, but a quarter of the tweets reveal it by the form of their link; a
 * small classifier of words, trained on those, estimates that of the others (four in five are right). Then a whole
 * era can be left out, with its people and topics.
 */
export function eraFolds(texts: readonly string[]): Folds {
  const shown = texts.map(shownEra)
  const known = Int32Array.from(shown.flatMap((era, row) => (era < 0 ? [] : [row])))
  const targets = Float32Array.from(shown.flatMap(era => [0, 1, 2].map(other => (other === era ? 1 : 0))))
  const nothing = { hashes: new Int32Array(0), valences: new Int8Array(0) }
  const features: FeatureSettings = {
    slots: 2 ** 18,
    words: { scale: 1.4 },
    pairs: { scale: 0, reach: 0, beginning: 0 },
    characters: { scale: 0.6, shortest: 4, longest: 4 },
    reversal: 1,
  }
  const matrix = buildMatrix(texts, { language: '', features, minCount: 3 }, nothing, new Int32Array(0))
  matrix.dense.fill(0, 0, texts.length * DENSE_FEATURES)
  const weights = train(matrix, targets, known, {
    epochs: 6,
    rate: 0.5,
    denseRate: 0.01,
    rareness: 0,
    rounds: 1,
  })
  const z = new Float64Array(3)
  const of = Uint8Array.from(shown, (era, row) => {
    if (era >= 0) return era
    logits(matrix, weights, row, z)
    return z.indexOf(Math.max(...z))
  })
  return { of, names: ERA_NAMES }
}
