import { readFileSync } from 'node:fs'
import { eld } from 'eld/extrasmall'
import { expect, test } from 'vitest'
import { LanguageTable } from './language-table.ts'

const table = LanguageTable.builtIn()
const answerOf = (text: string) => table.detect(text) ?? ''

/** Words of many scripts, and what is odd in them. */
const WORDS =
  `the camera is better don't ’tis rock'n'roll l'appareil téléphone größer möglich cámara mañana não
  você için İstanbul ığdır þetta það señor čeština żółć őrült ş ñ x zz ааа камера этого телефона лучше українська їжа
  българският сербска ћирилица ελληνικά καλημέρα שלום עולם مرحبا بالعالم فارسی اردو हिन्दी मराठी বাংলা தமிழ் తెలుగు
  ಕನ್ನಡ മലയാളം ગુજરાતી ਪੰਜਾਬੀ ଓଡ଼ିଆ ไทย ลาว አማርኛ հայերեն ქართული 日本語 かな カタカナ 中文 手机 한국어 카메라
  𝓗𝓮𝓵𝓵𝓸 𐌰𐌱 😀 \u{1f3fb} ' \` ’ '' 12 3a b4 _ - ... tiếng việt yorùbá èdè selamat pagi Donaudampfschifffahrtsgesellschaft
  ${'a'.repeat(69)} ${'q'.repeat(66)}tion ${'q'.repeat(66)}tionx ${'c'.repeat(71)} ${'가'.repeat(23)} ${'가'.repeat(24)}`.split(
    /\s+/,
  )

/** Numbers that are the same at every run, from 0 up to a limit. */
function* numbers(limit: number): Generator<number, never> {
  for (let state = 1; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield Math.floor((state / 2 ** 32) * limit)
  }
}

test('detects the same language as eld for every word of many languages', () => {
  for (const word of WORDS) expect(answerOf(word), word).toBe(eld.detect(word).language)
})

test('detects the same language as eld for all kinds of texts', () => {
  const next = numbers(WORDS.length)
  for (let i = 0; i < 5000; i++) {
    const text = Array.from({ length: 1 + (i % 9) }, () => WORDS[next.next().value]).join(i % 3 ? ' ' : ', ')
    const short = text.slice(0, 100)
    expect(answerOf(short), short).toBe(eld.detect(short).language)
  }
})

test('each n-gram has the same score as in eld for each language', () => {
  const source = readFileSync(dataOfEld(), 'utf8')
  const ascii = [...source.matchAll(/['{,]( ?[a-z]{3,4} ?)'?:\{/g)].map(([, gram]) => gram as string)
  expect(ascii.length).toBeGreaterThan(5000)
  for (const gram of ascii) {
    // As a word, or as the begin or the end of one.
    const text = `${gram.startsWith(' ') ? '' : 'qqq'}${gram}${gram.endsWith(' ') ? '' : 'qqqq'}`
    expect(answerOf(text), text).toBe(eld.detect(text).language)
  }
})

test('handles long and odd texts', () => {
  expect(table.detect('')).toBeUndefined()
  expect(table.detect('\ud800 \udfff')).toBeUndefined()
  expect(table.detect('so it is that we went to the sea '.repeat(5000))).toBe('en')
})

const dataOfEld = () =>
  new URL(import.meta.resolve('eld/extrasmall')).pathname.replace('entries/static.', 'ngrams/')
