import { expect, test } from 'vitest'
import { Transcoder } from './transcoder.ts'

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()

/** Bytes in an encoding, made by looking for them with Node's decoder. */
function encoded(text: string, encoding: string): Buffer {
  const decoder = new TextDecoder(encoding)
  const codes = new Map<string, number[]>()
  for (let first = 0; first < 256; first++) {
    codes.set(decoder.decode(Uint8Array.of(first)), [first])
    if (first < 0x81 || encoding.startsWith('windows')) continue
    for (let second = 0x30; second < 256; second++) {
      const character = decoder.decode(Uint8Array.of(first, second))
      if (character.length === 1 && !codes.has(character)) codes.set(character, [first, second])
    }
  }
  return Buffer.from([...text].flatMap(character => codes.get(character) as number[]))
}

/** The output for a stream that is cut into chunks of this number of bytes. */
function transcoded(bytes: Buffer, encoding: string, chunk = bytes.length) {
  const transcoder = new Transcoder(encoding)
  const texts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += chunk)
    texts.push(Buffer.from(transcoder.write(bytes.subarray(at, at + chunk))))
  texts.push(transcoder.end())
  return { text: Buffer.concat(texts), transcoder }
}

const samples: [encoding: string, text: string, bytes: Buffer][] = [
  [
    'utf-16le',
    'one é\n갤럭시 {"a":["😀"]}\r\nlast',
    Buffer.from('one é\n갤럭시 {"a":["😀"]}\r\nlast', 'utf16le'),
  ],
  ['utf-16be', 'one é\n갤럭시 {"a":["😀"]}\r\nlast', utf16be('one é\n갤럭시 {"a":["😀"]}\r\nlast')],
  [
    'windows-1252',
    'café\nit’s 5 €\nplain\n{"a":"é"}{"b":1}',
    encoded('café\nit’s 5 €\nplain\n{"a":"é"}{"b":1}', 'windows-1252'),
  ],
  [
    'euc-kr',
    '정말 좋아요\nok\n{"글":"가"}{"b":[1]}\n끝',
    encoded('정말 좋아요\nok\n{"글":"가"}{"b":[1]}\n끝', 'euc-kr'),
  ],
  ['shift_jis', 'ソース表\nok\n{"表":"ｱ"}\n', encoded('ソース表\nok\n{"表":"ｱ"}\n', 'shift_jis')],
  ['gb18030', '你好\n{"a":"好"}\n', encoded('你好\n{"a":"好"}\n', 'gb18030')],
]

test.each(samples)('%s becomes UTF-8, wherever the chunks are cut', (encoding, text, bytes) => {
  for (let chunk = 1; chunk <= bytes.length; chunk++)
    expect(transcoded(bytes, encoding, chunk).text.toString()).toBe(text)
})

test.each(samples)(
  'of %s it is known which bytes made the text up to the end of a record',
  (encoding, text, bytes) => {
    for (const chunk of [1, 2, 3, 7, bytes.length]) {
      const { transcoder } = transcoded(bytes, encoding, chunk)
      for (const { index } of text.matchAll(/[\r\n}\]]/g)) {
        const textBytes = Buffer.byteLength(text.slice(0, index + 1))
        const rest = bytes.subarray(transcoder.bytesFor(textBytes))
        expect(transcoded(rest, encoding).text.toString(), `${index} in chunks of ${chunk}`).toBe(
          text.slice(index + 1),
        )
        transcoder.forget(textBytes)
        expect(bytes.length - transcoder.bytesFor(textBytes)).toBe(rest.length)
      }
      expect(transcoder.bytesFor(0)).toBeGreaterThanOrEqual(0)
    }
  },
)

test('invalid bytes do not become UTF-8, and other text is converted', () => {
  expect([...transcoded(Buffer.of(0x61, 0xff, 0x62, 0x0a), 'euc-kr').text]).toEqual([0x61, 0xff, 0x62, 0x0a])
  expect([...transcoded(Buffer.of(0x61, 0xc1), 'euc-kr').text]).toEqual([0x61, 0xff])
  expect([...transcoded(Buffer.of(0xc1, 0x0a, 0x62), 'euc-kr').text]).toEqual([0xff, 0x0a, 0x62])
  expect([...transcoded(Buffer.of(0x00, 0xd8, 0x62, 0x00), 'utf-16le').text]).toEqual([0xff, 0x62])
})

test('its memory does not grow with plain text, nor after a reset', () => {
  const transcoder = new Transcoder('euc-kr')
  const line = encoded('정말 좋아요, ok\n', 'euc-kr')
  let text = 0
  for (let i = 0; i < 100_000; i++) {
    text += transcoder.write(line).length
    if (i % 1000 === 0) transcoder.forget(text)
  }
  expect(transcoder.bytesFor(text)).toBe(100_000 * line.length)
})
