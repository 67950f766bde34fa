import { describe, expect, test } from 'vitest'
import { endOfTenure, type Note, readNote, takenOver, writeNote } from './note.ts'

const note = (by: string, before: Note['before'] = []): Note => ({ by, before })

describe('an owner that begins', () => {
  test('notes who had the partition before, and where that one ended', () => {
    const second = takenOver(note('a'), 100, { id: 'b' })
    expect(second).toEqual({ by: 'b', before: [['a', 100]] })
    const third = takenOver(second, 150, { id: 'c', share: '1/3' })
    expect(third).toEqual({
      by: 'c',
      share: '1/3',
      before: [
        ['a', 100],
        ['b', 150],
      ],
    })
    expect(endOfTenure(third, 'a')).toBe(100)
    expect(endOfTenure(third, 'c')).toBeUndefined()
  })

  test('has no end while it owns the partition, and one end if it owned it several times', () => {
    const again = takenOver(note('b', [['a', 100]]), 150, { id: 'a' })
    expect(again).toEqual({ by: 'a', before: [['b', 150]] })
    expect(takenOver(again, 200, { id: 'b' })).toEqual({ by: 'b', before: [['a', 200]] })
  })

  test('follows itself: nothing is noted, and what it had handed over it reads again', () => {
    const released: Note = { by: 'a', released: true, before: [['b', 50]] }
    expect(takenOver(released, 100, { id: 'a' })).toEqual({ by: 'a', before: [['b', 50]] })
  })

  test('follows another program: nothing is known', () => {
    expect(takenOver(null, 100, { id: 'a' })).toEqual({ by: 'a', before: [] })
  })

  test('keeps the latest of many', () => {
    let last = note('owner-0')
    for (let i = 1; i < 40; i++) last = takenOver(last, i, { id: `owner-${i}` })
    expect(last.before).toHaveLength(16)
    expect(last.before.at(-1)).toEqual(['owner-38', 39])
    // Brokers allow 4 KiB by default.
    expect(writeNote(last).length).toBeLessThan(1024)
  })
})

test('what is written is read', () => {
  const full: Note = { by: 'a', share: '0/3', released: true, before: [['b', 12]] }
  expect(readNote(writeNote(full))).toEqual(full)
  expect(readNote(writeNote(note('a')))).toEqual(note('a'))
})

test.for([
  null,
  '',
  'NO_METADATA',
  '{"by":"a","before":[]}',
  '{"mood":1,',
  '{"mood":1,"by":"","before":[]}',
  '{"mood":1,"by":"a"}',
  '{"mood":1,"by":"a","before":[["b"]]}',
  '{"mood":1,"by":"a","before":[["b",1.5]]}',
  `{"mood":1,"by":"${'a'.repeat(41)}","before":[]}`,
])('what others wrote is no note: %s', text => {
  expect(readNote(text)).toBeNull()
})
