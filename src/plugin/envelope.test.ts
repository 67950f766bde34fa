import { expect, test } from 'vitest'
import {
  ENVELOPE_LIMITS,
  EncodedEnvelope,
  type Envelope,
  encodeEnvelope,
  envelopeLength,
} from './envelope.ts'

/** An envelope after its way among other bytes. */
function sent(envelope?: Envelope) {
  const bytes = encodeEnvelope(envelope)
  const before = Buffer.from('before')
  const all = Buffer.concat([before, bytes, Buffer.from('the record')])
  expect(envelopeLength(all, before.length)).toBe(bytes.length)
  const { time, key, headers } = new EncodedEnvelope(all, before.length)
  return { time, key, headers }
}

test('an envelope is passed on unchanged', () => {
  const full: Envelope = {
    time: 1_700_000_000_000,
    key: Buffer.from('a key'),
    headers: [
      ['lang', Buffer.from('ko')],
      ['이름', Buffer.from([0, 255])],
      ['lang', null],
      ['empty', Buffer.alloc(0)],
    ],
  }
  expect(sent(full)).toEqual(full)
  expect(sent({ time: 5 })).toEqual({ time: 5, key: undefined, headers: [] })
  expect(sent({ key: Buffer.alloc(0) })).toEqual({ time: undefined, key: Buffer.alloc(0), headers: [] })
  expect(sent({ headers: [['a', null]] })).toEqual({
    time: undefined,
    key: undefined,
    headers: [['a', null]],
  })
  expect(sent()).toEqual({ time: undefined, key: undefined, headers: [] })
})

test('a time alone takes few bytes', () => {
  expect(encodeEnvelope({ time: 5 })).toHaveLength(12)
})

test('leaves out data beyond the limits', () => {
  const large = Buffer.alloc(ENVELOPE_LIMITS.bytes + 1)
  const small = Buffer.from('x')
  expect(sent({ time: 5, key: large, headers: [['a', small]] })).toEqual({
    time: 5,
    key: undefined,
    headers: [['a', small]],
  })
  expect(
    sent({
      key: small,
      headers: [
        ['a', small],
        ['b', large],
        ['c', small],
      ],
    }).headers,
  ).toEqual([['a', small]])
  const many = Array.from({ length: 200 }, (_, i) => [`h${i}`, small] as const)
  expect(sent({ headers: many }).headers).toHaveLength(ENVELOPE_LIMITS.headers)
})
