import { expect, test } from 'vitest'
import { LanguageDetector, languageLabel } from './language.ts'

const detector = new LanguageDetector(['en', 'ko'])

test('distinguishes languages', () => {
  const texts = {
    en: 'the camera of this phone is better than I thought it would be',
    es: 'la cámara de este teléfono es mejor de lo que pensaba',
    fr: "l'appareil photo de ce téléphone est meilleur que je ne le pensais",
    de: 'die Kamera von diesem Handy ist besser, als ich gedacht hätte',
    ru: 'камера этого телефона лучше, чем я думал раньше',
    ko: '이 휴대폰 카메라가 생각보다 훨씬 좋아요',
    ja: 'この携帯のカメラは思ったよりずっといいです',
    zh: '这部手机的相机比我想象的要好得多',
  }
  for (const [language, text] of Object.entries(texts)) expect(detector.detect(text)).toBe(language)
})

test('Korean is recognised by its script, however short', () => {
  for (const text of ['네', 'ㅋㅋㅋㅋ', '갤럭시 s26 대박', 'LG 트윈스 화이팅', '\u1112\u1161\u11ab'])
    expect(detector.detect(text)).toBe('ko')
})

test('Korean and Japanese alone need no more than their scripts', () => {
  const scripts = new LanguageDetector(['ko', 'ja'])
  expect(scripts.detect('좋아요')).toBe('ko')
  expect(scripts.detect('いいです')).toBe('ja')
  expect(scripts.detect('what a lovely morning to go out for a walk')).toBeUndefined()
})

test('a few Korean words do not make an English post Korean', () => {
  expect(detector.detect('this is the best group that has ever been on stage, I love 방탄 so much')).toBe(
    'en',
  )
})

test('links, mentions, hashtags and numbers are not words', () => {
  const noise = '@elonmusk ＠samsung #갤럭시 https://example.com/안녕하세요 100 '
  expect(detector.detect(noise)).toBeUndefined()
  expect(detector.detect(`${noise} what a lovely morning to go out for a walk`)).toBe('en')
})

test('a text without words, or with one uninformative word, has no language', () => {
  for (const text of ['', ' ', 'lol', 'omg', '!!! 😀😀😀', '12345 67890 123', '\ud800\udfff', '#yes @you'])
    expect(detector.detect(text)).toBeUndefined()
})

test('a few words of English are English if expected', () => {
  const texts = [
    'so cute',
    'happy birthday brother',
    'angry. so angry.',
    'Love it!',
    'great game tonight',
    'omg same',
  ]
  for (const text of texts) expect(detector.detect(text), text).toBe('en')
  expect(new LanguageDetector(['es', 'fr']).detect('so cute')).toBeUndefined()
})

test('a few words of another language are not English', () => {
  for (const text of [
    'muy bien',
    'gracias',
    'feliz cumpleaños hermano',
    'das ist gut',
    'bonne nuit',
    'selamat pagi',
  ])
    expect(detector.detect(text), text).not.toBe('en')
})

test('a long text costs no more than its beginning', () => {
  expect(detector.detect('so it is that we went to the sea '.repeat(5000))).toBe('en')
})

test('a label is the language alone, and `other` where it is not configured', () => {
  const labels = new Set(['en', 'ko'])
  expect(languageLabel('ko', labels)).toBe('ko')
  expect(languageLabel('en-US', labels)).toBe('en')
  expect(languageLabel('EN_gb', labels)).toBe('en')
  expect(languageLabel('eng', labels)).toBe('other')
  for (const unknown of [undefined, '', 'und', 'zh-Hant', '-en', '__proto__'])
    expect(languageLabel(unknown, labels)).toBe('other')
})

test('the table is loaded by the function that it is given, and once for all', () => {
  const texts = [
    'a text that is long enough for the table to be asked',
    'and another one that is as long as that',
  ]
  let loads = 0
  const loading = <T>(load: () => T): T => {
    loads++
    return load()
  }
  const detect = new LanguageDetector(['en'], loading)
  for (const text of texts) expect(detect.detect(text)).toBe('en')
  expect(loads).toBeLessThanOrEqual(1)
})

test.each([
  ['\u1100\u1161', 'ko', 'the first of the Hangul jamo'],
  ['\u11ff', 'ko', 'the last of them'],
  ['\u3131', 'ko', 'the first compatibility jamo'],
  ['\u318e', 'ko', 'the last of them'],
  ['\uac00', 'ko', 'the first syllable'],
  ['\ud7a3', 'ko', 'the last syllable'],
  ['\u3041', 'ja', 'the first of hiragana'],
  ['\u30ff', 'ja', 'the last of katakana'],
])('%s alone is %s: %s', (text, language) => {
  expect(new LanguageDetector(['ko', 'ja']).detect(text)).toBe(language)
})

test.each([
  '\ud7a4',
  '\u3040',
  '\u318f',
  '\u3100',
  '\u4e00',
  '\u3400',
  '\u9fff',
  '\ua000',
  '\u0531',
  'a',
  'z',
  'A',
  '@',
  '{',
  '\u2000',
])('%s alone is neither Korean nor Japanese', text => {
  expect(new LanguageDetector(['ko', 'ja']).detect(text)).toBeUndefined()
})

test('ideographs between kana are Japanese, and a text that is mostly Hangul is Korean', () => {
  const scripts = new LanguageDetector(['ko', 'ja'])
  expect(scripts.detect('東京大学の')).toBe('ja')
  expect(scripts.detect('東京大学')).toBeUndefined()
  expect(scripts.detect('東京 대학교')).toBe('ko')
  expect(scripts.detect('東京 대')).toBeUndefined()
})

test('a script counts by what a syllable says: three letters of an alphabet', () => {
  const scripts = new LanguageDetector(['ko', 'ja'])
  expect(scripts.detect('좋 ab')).toBe('ko')
  expect(scripts.detect('좋 abc')).toBeUndefined()
  // Letters of any alphabet count, and digits and signs do not.
  expect(scripts.detect('좋 яяя')).toBeUndefined()
  expect(scripts.detect('좋 €†‡ ()[]{}')).toBe('ko')
})

test('a short text is of an expected language or of none', () => {
  const text = 'buenas noches'
  expect(new LanguageDetector(['es']).detect(text)).toBe('es')
  expect(new LanguageDetector(['de']).detect(text)).toBeUndefined()
  expect(new LanguageDetector(['de']).detect('buenas noches a todos mis amigos')).toBe('es')
})

test('what is beyond the first characters does not count', () => {
  const text = 'the camera of this phone is better than I thought it would be, and it is so light '
  expect(new LanguageDetector(['ko', 'en']).detect(`${text}${'좋아요 '.repeat(100)}`)).toBe('en')
})
