import { expect, test } from 'vitest'
import { checkPart, hashWord } from './hash.ts'
import { LONGEST_WORD, MAX_LENGTH, Tokens } from './tokens.ts'

function tokensOf(written: string): string[] {
  const tokens = new Tokens()
  tokens.read(written)
  const codes = new Uint16Array(LONGEST_WORD)
  return Array.from({ length: tokens.count }, (_, index) =>
    String.fromCharCode(...codes.subarray(0, tokens.spell(index, codes))),
  )
}

/** The hashes of the tokens of a text. */
function hashesOf(text: string): number[] {
  const tokens = new Tokens()
  tokens.read(text)
  return [...tokens.hashes.subarray(0, tokens.count)]
}

function checksOf(text: string): number[] {
  const tokens = new Tokens()
  tokens.read(text)
  return [...tokens.checks.subarray(0, tokens.count)]
}

const checkOf = (word: string) =>
  checkPart(
    Uint16Array.from({ length: word.length }, (_, at) => word.charCodeAt(at)),
    0,
    word.length,
  )

test('words keep their apostrophes, and are in lower case', () => {
  expect(tokensOf("I DON’T know, it's fine.")).toEqual(['i', "don't", 'know', ',', "it's", 'fine', '.'])
})

test('words in capitals are counted: of two letters at least, and all of them', () => {
  for (const [text, capitals] of [
    ['WORST day EVER', 2],
    ['I am A B', 0],
    ['iPhone McD eBAY NasA', 0],
    ['OK', 1],
    ['정말 GOOD', 1],
  ] as const) {
    const tokens = new Tokens()
    tokens.read(text)
    expect(tokens.capitals, text).toBe(capitals)
  }
})

test('runs of a letter are reduced to two', () => {
  expect(tokensOf('soooo goood!!!!! ㅋㅋㅋㅋ')).toEqual(['soo', 'good', '!!', 'ㅋㅋ'])
})

test.each([':)', ':-(', ':D', ':P', '<3', '^^', ';)', '-_-'])('"%s" is one token', emoticon => {
  expect(tokensOf(`fine ${emoticon} now`)).toEqual(['fine', emoticon.toLowerCase(), 'now'])
})

test('&lt;3 of older interfaces is a heart, and &amp; an ampersand', () => {
  expect(tokensOf('&lt;3 you &amp; me')).toEqual(['<3', 'you', '&', 'me'])
})

test('a colon before a word is not an emoticon', () => {
  expect(tokensOf('todo:Paint')).toEqual(['todo', ':', 'paint'])
})

test('each link and mention becomes one fixed token', () => {
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

test('lone surrogates are skipped', () => {
  expect(tokensOf('a\ud83d b')).toEqual(['a', 'b'])
})

test('only the beginning of a very long text is read', () => {
  const tokens = new Tokens()
  tokens.read('word '.repeat(100_000))
  expect(tokens.length).toBeLessThanOrEqual(MAX_LENGTH + LONGEST_WORD)
  tokens.read('short')
  expect(tokens.count).toBe(1)
})

test('a token has its place in the text', () => {
  const tokens = new Tokens()
  const text = tokens.read('  soooo https://t.co/x #good')
  const places = Array.from({ length: tokens.count }, (_, index) =>
    text.slice(tokens.starts[index], tokens.ends[index]),
  )
  expect(places).toEqual(['soooo', 'https://t.co/x', 'good'])
})

test('a token is identified by the hash of its spelling', () => {
  for (const text of ["SOOOO I’m #fine, &lt;3 :D 👍🏽!!! @name's 10:30 _x 재미ㅋㅋㅋ"]) {
    expect(hashesOf(text)).toEqual(tokensOf(text).map(hashWord))
    expect(checksOf(text)).toEqual(tokensOf(text).map(checkOf))
  }
})

test('decomposed letters are composed, anywhere in a text', () => {
  const written = 'so 재밌다 café'
  expect(hashesOf(written.normalize('NFD'))).toEqual(hashesOf(written))
  expect(tokensOf('\u0301x')).toEqual(['\u0301x'])
})

test('"<3" before an amount is not a heart', () => {
  expect(tokensOf('<3 hours left')).toEqual(['<', '3', 'hours', 'left'].map(token => token.replace('3', '0')))
  expect(tokensOf('I <3 it')).toEqual(['i', '<3', 'it'])
})

test('links at the end of a text, and words that begin like one', () => {
  expect(tokensOf('www.x')).toEqual(['\ue000'])
  expect(tokensOf('www.')).toEqual(['www', '.'].map(token => token.replace('www', 'ww')))
  expect(tokensOf('HTTPS://')).toEqual(['\ue000'])
  expect(tokensOf('http:/ https hot with')).toEqual(['http', ':/', 'https', 'hot', 'with'])
})

test('nothing of a longer text before is left', () => {
  const tokens = new Tokens()
  tokens.read('a rather long text that ends in an emoticon and more letters :D (((((((((')
  for (const short of ['fine :', '&', 'ok &am', 'x@', '#', 'so']) {
    tokens.read(short)
    expect([...tokens.hashes.subarray(0, tokens.count)], short).toEqual(hashesOf(short))
  }
})
