import { expect, test } from 'vitest'
import { fold, foldBeyondAscii, foldKeyword, normalise } from './normalise.ts'

test('full-width and compatibility forms become the plain ones', () => {
  expect(normalise('Ｇａｌａｘｙ①')).toBe('Galaxy1')
  expect(normalise('ｶﾞ')).toBe('ガ')
})

test('composes what is written as letter and mark', () => {
  expect(normalise('cafe\u0301')).toBe('café')
  expect(normalise('\u1112\u1161\u11ab')).toBe('한')
})

test('keeps the jamo of Korean laughter and tears unchanged', () => {
  expect(normalise('ㅋㅋ Ｏｋ ㅠㅠ')).toBe('ㅋㅋ Ok ㅠㅠ')
})

test('folding makes case, width and white space equal', () => {
  expect(fold('ＧＡＬＡＸＹ\u00a0\n S26')).toBe(fold('galaxy s26'))
  expect(fold('ΟΔΟΣ')).toBe(fold('οδοσ'))
})

test('folding removes invisible characters, and folds case fully', () => {
  expect(fold('gal\u200baxy\ufe0f\u00ad')).toBe('galaxy')
  expect(fold('İSTANBUL Straße ΟΔΌΣ')).toBe('istanbul strasse οδόσ')
})

test('every character folds to what its capital, its lower case and its decomposition fold to', () => {
  const unequal = []
  // All scripts with case are in the first two planes.
  for (let codePoint = 0; codePoint < 0x20000; codePoint++) {
    const character = String.fromCodePoint(codePoint)
    const folded = fold(character)
    const others = [character.toUpperCase(), character.toLowerCase(), character.normalize('NFD'), folded]
    if (others.some(other => fold(other) !== folded)) unequal.push(character)
  }
  // Its capital is that of i, from which it differs.
  expect(unequal).toEqual(['ı'])
})

test('apostrophes, quotes and hyphens of a keyword become plain', () => {
  expect(foldKeyword(' Wendy’s “Wi‑Fi” ')).toBe('wendy\'s "wi-fi"')
  expect(foldKeyword('\u200b')).toBe('')
})

test('a text that needs no folding beyond ASCII is returned as it is', () => {
  for (const text of ['', 'Plain  ASCII', '갤럭시는 ㅋㅋ', '“quoted” – 漢字 かな カナ']) {
    expect(foldBeyondAscii(text)).toBe(text)
    expect(fold(text)).toBe(text.toLowerCase().replace(/\s+/g, ' '))
  }
})

test('any other text is folded whole', () => {
  expect(foldBeyondAscii('Été ＡＢＣ')).toBe('été abc')
})

test('no character that is left alone would be changed by NFKC or lower case', () => {
  for (let unit = 0x80; unit < 0x10000; unit++) {
    const character = String.fromCharCode(unit)
    if (foldBeyondAscii(character) === character) expect(fold(character)).toBe(character)
  }
})
