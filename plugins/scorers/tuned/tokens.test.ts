import { expect, test } from 'vitest'
import { MAX_LENGTH, Tokens } from './tokens.ts'

function tokensOf(text: string): string[] {
  const tokens = new Tokens()
  tokens.read(text)
  return Array.from({ length: tokens.count }, (_, index) =>
    String.fromCharCode(...tokens.codes.subarray(tokens.starts[index], tokens.ends[index])),
  )
}

test('words keep their apostrophes, and are in lower case', () => {
  expect(tokensOf("I DON’T know, it's fine.")).toEqual(['i', "don't", 'know', ',', "it's", 'fine', '.'])
})

test('runs are squeezed to two', () => {
  expect(tokensOf('soooo goood!!!!! ㅋㅋㅋㅋ')).toEqual(['soo', 'good', '!!', 'ㅋㅋ'])
})

test.each([':)', ':-(', ':D', ':P', '<3', '^^', ';)', '-_-'])('"%s" is one token', emoticon => {
  expect(tokensOf(`fine ${emoticon} now`)).toEqual(['fine', emoticon.toLowerCase(), 'now'])
})

test('&lt;3 of older interfaces is a heart, and &amp; an ampersand', () => {
  expect(tokensOf('&lt;3 you &amp; me')).toEqual(['<3', 'you', '&', 'me'])
})

test('a colon before a word is no emoticon', () => {
  expect(tokensOf('todo:Paint')).toEqual(['todo', ':', 'paint'])
})

test('links and mentions become one sign each', () => {
  expect(tokensOf('@a see https://t.co/x www.b.com now')).toEqual([
    '\ue001',
    'see',
    '\ue000',
    '\ue000',
    'now',
  ])
})

test('each emoji is a token, without skin tone, style and joiner', () => {
  expect(tokensOf('👍🏽❤️👩‍🚀')).toEqual(['👍', '❤', '👩', '🚀'])
})

test('half a surrogate pair is passed over', () => {
  expect(tokensOf('a\ud83d b')).toEqual(['a', 'b'])
})

test('only the beginning of a very long text is read', () => {
  const tokens = new Tokens()
  tokens.read('word '.repeat(100_000))
  expect(tokens.length).toBeLessThanOrEqual(MAX_LENGTH + 8)
  tokens.read('short')
  expect(tokens.count).toBe(1)
})

test('each code unit remembers where it stood', () => {
  const tokens = new Tokens()
  tokens.read('  soooo https://t.co/x good')
  const last = tokens.starts[tokens.count - 1] as number
  expect(tokens.origins[last]).toBe('  soooo https://t.co/x '.length)
})
