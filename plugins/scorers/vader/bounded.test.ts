import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { Vader } from './vader.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const LENGTH = 1_000_000

const HOSTILE = {
  'exclamation marks': '!',
  brackets: '(',
  apostrophes: "'",
  letters: 'a',
  spaces: ' ',
  words: 'a ',
  'weighty words': 'good ',
  negations: "isn't ",
  'words in capitals': 'GOOD BAD ',
  emoji: '😂',
  'halves of characters': '\ud83d',
  'words within marks': '((((((((a',
  'words around "but"': 'good but bad fine ',
}

/** The bytes that are in use, garbage not counted. */
function bytesInUse(): number {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** A text as the engine sees one, which notes how often it is looked at, and the memory in use at either end. */
function watched(piece: string) {
  // In one piece, as strings that are read are: putting the pieces together would take memory by itself.
  const text = JSON.parse(JSON.stringify(piece.repeat(Math.ceil(LENGTH / piece.length)))) as string
  const last = text.length - 1
  const seen = {
    looks: 0,
    bytes: [] as number[],
    length: text.length,
    charCodeAt(at: number) {
      seen.looks++
      if ((at === 0 || at >= last - 1) && seen.bytes.length < 6) seen.bytes.push(bytesInUse())
      return text.charCodeAt(at)
    },
    codePointAt(at: number) {
      seen.looks++
      return text.codePointAt(at)
    },
  }
  return seen
}

test.each(Object.entries(HOSTILE))(
  'a million characters of %s take constant work for each, and constant memory',
  (_, piece) => {
    const vader = new Vader()
    const text = watched(piece)
    const score = vader.compound(text as unknown as string)
    expect(score).toBeGreaterThanOrEqual(-1)
    expect(score).toBeLessThanOrEqual(1)
    // A few looks at a character where runs of letters end, and all again where everything is in capitals.
    expect(text.looks).toBeGreaterThanOrEqual(LENGTH)
    expect(text.looks).toBeLessThanOrEqual(5 * LENGTH)
    expect(text.bytes.length).toBeGreaterThan(1)
    expect(Math.max(...text.bytes) - (text.bytes[0] as number)).toBeLessThan(200_000)
  },
)
