import { expect, test } from 'vitest'
import { KeywordAutomaton } from './keyword-automaton.ts'

function occurrences(keywords: string[], text: string): string[] {
  const found: string[] = []
  new KeywordAutomaton(keywords).scan(text, (keyword, end) => found.push(`${keywords[keyword]}@${end}`))
  return found.sort()
}

function naiveOccurrences(keywords: string[], text: string): string[] {
  const found: string[] = []
  for (const keyword of keywords) {
    for (let at = text.indexOf(keyword); at >= 0; at = text.indexOf(keyword, at + 1))
      found.push(`${keyword}@${at + keyword.length}`)
  }
  return found.sort()
}

/** Numbers from 0 to n - 1, the same ones on every run (a linear congruential generator). */
function seeded(seed: number) {
  let state = seed
  return (n: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

test('finds every occurrence, also nested and overlapping ones', () => {
  expect(occurrences(['he', 'she', 'his', 'hers'], 'ushers')).toEqual(['he@4', 'hers@6', 'she@4'])
  expect(occurrences(['a', 'aa', 'aaa'], 'aaa')).toEqual(['a@1', 'a@2', 'a@3', 'aa@2', 'aa@3', 'aaa@3'])
})

test('agrees with a search for each keyword on its own', () => {
  const next = seeded(1)
  const word = (letters: string, length: number) =>
    Array.from({ length }, () => letters[next(letters.length)]).join('')
  for (let round = 0; round < 200; round++) {
    const keywords = [...new Set(Array.from({ length: 1 + next(30) }, () => word('abc', 1 + next(6))))]
    const text = word('abcd', 200)
    expect(occurrences(keywords, text)).toEqual(naiveOccurrences(keywords, text))
  }
})

test('agrees with it for more states than the table can hold', () => {
  const next = seeded(2)
  const text = Array.from({ length: 8000 }, () => String.fromCharCode(0x4e00 + next(5000))).join('')
  // Pieces of one text overlap, so that many keywords begin with the end of another.
  const keywords = [
    ...new Set(Array.from({ length: 4000 }, (_, i) => text.slice(2 * i, 2 * i + 2 + next(5)))),
  ]
  const shuffled = Array.from({ length: 2000 }, () => keywords[next(keywords.length)]).join('')
  for (const read of [text, shuffled])
    expect(occurrences(keywords, read)).toEqual(naiveOccurrences(keywords, read))
})

test('any run of white space matches a space, also with many states', () => {
  const next = seeded(3)
  const han = () => String.fromCharCode(0x4e00 + next(5000)) + String.fromCharCode(0x4e00 + next(5000))
  const keywords = [...new Set(Array.from({ length: 3000 }, () => `${han()} ${han()}`))]
  const text = keywords.join(' ')
  expect(occurrences(keywords, text.replaceAll(' ', ' \t '))).toHaveLength(occurrences(keywords, text).length)
  expect(occurrences(keywords, text).length).toBeGreaterThanOrEqual(3000)
})

test('matches ASCII letters in either case', () => {
  expect(occurrences(['galaxy s26'], 'GaLaXy S26')).toEqual(['galaxy s26@10'])
  expect(occurrences(['a[z'], 'A[Z A{Z')).toEqual(['a[z@3'])
})

test('any run of white space matches a space', () => {
  expect(occurrences(['a b', 'b'], 'a \t\n b a')).toEqual(['a b@6', 'b@6'])
  expect(occurrences(['a b c', 'b cd'], 'a  b  cd')).toEqual(['a b c@7', 'b cd@8'])
})

test('hyphens, underscores and dashes match spaces, and all apostrophes are equal', () => {
  expect(occurrences(['a b'], 'a-_—b')).toEqual(['a b@5'])
  expect(occurrences([' b'], 'a-b')).toEqual([' b@3'])
  expect(occurrences(["'s", '"'], '’s `s “')).toEqual(['"@7', "'s@2", "'s@5"])
})

test('finds nothing without keywords', () => {
  expect(occurrences([], 'anything\ud800')).toEqual([])
})
