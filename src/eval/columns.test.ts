import { expect, test } from 'vitest'
import { findColumns, parseColumns } from './columns.ts'

const at = (first: string[], option?: string) => {
  const { at, hasHeader } = findColumns(first, option === undefined ? undefined : parseColumns(option))
  const { kind, pair, ...needed } = at
  return { ...needed, hasHeader, ...(kind < 0 ? {} : { kind }), ...(pair < 0 ? {} : { pair }) }
}

test('columns are found by usual names in a header', () => {
  expect(at(['id', 'Tweet', 'Sentiment'])).toEqual({ label: 2, text: 1, lang: -1, hasHeader: true })
  expect(at(['id', 'document', 'label', 'language'])).toEqual({ label: 2, text: 1, lang: 3, hasHeader: true })
})

test('kinds and pairs are read if present', () => {
  expect(at(['pair', 'kind', 'label', 'text'])).toMatchObject({ pair: 0, kind: 1 })
  expect(at(['neutral', 'x', 'hi'], 'label,kind,text')).toMatchObject({ kind: 1 })
  expect(() => at(['label', 'text'], 'kind=sort')).toThrow('expected a column "sort" in the header')
})

test('columns are found by given names', () => {
  expect(at(['a', 'b', 'c'], 'label=c,text=a')).toEqual({ label: 2, text: 0, lang: -1, hasHeader: true })
  expect(at(['text', 'original', 'label'], 'text=original')).toMatchObject({ label: 2, text: 1 })
  expect(() => at(['a', 'b'], 'label=c,text=a')).toThrow('expected a column "c" in the header, got "a", "b"')
})

test('columns are named in order, with or without a header', () => {
  expect(at(['4', '17', 'hi'], 'label,id,text')).toEqual({ label: 0, text: 2, lang: -1, hasHeader: false })
  expect(at(['rating', 'id', 'review'], 'label,-,text')).toEqual({
    label: 0,
    text: 2,
    lang: -1,
    hasHeader: true,
  })
})

test('they are found by number', () => {
  expect(at(['0', 'x', 'hi'], 'label=1,text=3')).toEqual({ label: 0, text: 2, lang: -1, hasHeader: false })
  expect(() => at(['0', 'x'], 'label=1,text=3')).toThrow('expected a column 3 for the text, got 2 columns')
})

test('of two unnamed columns, the one with labels is the label', () => {
  expect(at(['neutral', 'On Tuesday'])).toEqual({ label: 0, text: 1, lang: -1, hasHeader: false })
  expect(at(['On Tuesday', '7'])).toEqual({ label: 1, text: 0, lang: -1, hasHeader: false })
  expect(() => at(['good', 'bad'])).toThrow('it is not clear which column is the label')
  expect(() => at(['1', 'x', 'On Tuesday'])).toThrow('say --columns label,text')
})

test.each([
  ['label', 'expected a column "text"'],
  ['label=a,text', 'got a mixture'],
  ['label=a,txt=b', 'got "txt=b"'],
  ['label=', 'got "label="'],
])('--columns %s is refused', (option, message) => {
  expect(() => parseColumns(option)).toThrow(message)
})
