import { expect, test } from 'vitest'
import { Cp949Decoder } from './cp949.ts'
import { encodingMark, encodingNamed } from './encoding.ts'

test.each([
  ['utf8', 'utf-8'],
  ['UTF-8-sig', 'utf-8'],
  ['latin-1', 'windows-1252'],
  ['ISO_8859-1', 'windows-1252'],
  ['cp1252', 'windows-1252'],
  ['cp949', 'euc-kr'],
  ['MS949', 'euc-kr'],
  ['euc_kr', 'euc-kr'],
  ['ks_c_5601-1987', 'euc-kr'],
  ['utf_16_le', 'utf-16le'],
  ['UTF-16', 'utf-16le'],
  ['cp1251', 'windows-1251'],
  ['sjis', 'shift_jis'],
  ['cp932', 'shift_jis'],
  ['koi8-r', 'koi8-r'],
])('%s is known as %s', (label, name) => {
  expect(encodingNamed(label)).toBe(name)
})

test.each(['', 'utf-7', 'utf-32', 'klingon', 'constructor', '__proto__'])('%j is not an encoding', label => {
  expect(encodingNamed(label)).toBeUndefined()
})

test('a byte order mark names the encoding', () => {
  expect(encodingMark(Buffer.from('\ufeffa'))).toEqual({ encoding: 'utf-8', bytes: 3 })
  expect(encodingMark(Buffer.from('\ufeffab', 'utf16le'))).toEqual({ encoding: 'utf-16le', bytes: 2 })
  expect(encodingMark(Buffer.from('\ufeffab', 'utf16le').swap16())).toEqual({
    encoding: 'utf-16be',
    bytes: 2,
  })
  expect(encodingMark(Buffer.of(0xff, 0xfe, 0, 0))).toEqual({ encoding: 'utf-32', bytes: 4 })
  expect(encodingMark(Buffer.of(0, 0, 0xfe, 0xff))).toEqual({ encoding: 'utf-32', bytes: 4 })
})

test('UTF-16 without a mark is recognised by the NULs of its ASCII, and a hole of NULs is not UTF-16', () => {
  const text = Buffer.from('{"text":"좋아요"}\n', 'utf16le')
  expect(encodingMark(text)).toEqual({ encoding: 'utf-16le', bytes: 0 })
  expect(encodingMark(Buffer.from(text).swap16())).toEqual({ encoding: 'utf-16be', bytes: 0 })
  for (const other of ['', 'a', '{"text":"a"}', '\0\0\0\0\0\0\0\0\0\0{"a":1}', '\0\0\0\0\0\0\0\0\0{"a":1}'])
    expect(encodingMark(Buffer.from(other))).toBeUndefined()
})

test('CP949 has the syllables that EUC-KR lacks', () => {
  const decode = (...bytes: number[]) => new Cp949Decoder().decode(Uint8Array.from(bytes))
  // The first and the last that were added, two that people write, and of EUC-KR a syllable, a sign and a jamo.
  expect(decode(0x81, 0x41, 0xc6, 0x52, 0x8c, 0x63, 0x94, 0xee)).toBe('갂힣똠뷁')
  expect(decode(0xb0, 0xa1, 0xa1, 0xb0, 0xa4, 0xbb, 0xa2, 0xe6, 0x41)).toBe('가“ㅋ€A')
  expect(decode(0xff, 0x80, 0xc1, 0x0a, 0xc6, 0x53)).toBe('\ufffd\ufffd\ufffd\n\ufffdS')
})

test('CP949 is decoded wherever it is cut', () => {
  const bytes = Buffer.of(0x8c, 0x63, 0x41, 0xb0, 0xa1, 0x94, 0xee)
  for (let chunk = 1; chunk < bytes.length; chunk++) {
    const decoder = new Cp949Decoder()
    let text = ''
    for (let at = 0; at < bytes.length; at += chunk)
      text += decoder.decode(bytes.subarray(at, at + chunk), { stream: true })
    expect(text + decoder.decode()).toBe('똠A가뷁')
  }
})
