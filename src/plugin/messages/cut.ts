/** The number of code points of a text: an emoji beyond U+FFFF is one, although its length is two. */
export const codePoints = (text: string): number => {
  let count = 0
  for (const _ of text) count++
  return count
}

/** Cuts a text to at most this number of code points. If it is cut, it ends with `…`; no code point is split. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const points = [...text]
  return points.length <= most ? text : `${points.slice(0, Math.max(0, most - 1)).join('')}…`
}

/**
 * Splits a text into parts of at most this number of UTF-16 units, between lines if possible, otherwise between code
 * points. No part is empty.
 */
export function partsOf(text: string, most: number): string[] {
  const parts: string[] = []
  let part = ''
  const add = (piece: string, separator: string) => {
    if (part !== '' && part.length + separator.length + piece.length > most) {
      parts.push(part)
      part = piece
    } else part = part === '' ? piece : part + separator + piece
  }
  for (const line of text.split('\n')) {
    if (line.length <= most) add(line, '\n')
    else {
      let isFirst = true
      for (const piece of piecesOf(line, most)) {
        add(piece, isFirst ? '\n' : '')
        isFirst = false
      }
    }
  }
  return [...parts, part].map(each => each.replace(/^\n+|\n+$/g, '')).filter(each => each !== '')
}

function piecesOf(line: string, most: number): string[] {
  const pieces: string[] = []
  let piece = ''
  for (const point of line) {
    if (piece.length + point.length > most) {
      pieces.push(piece)
      piece = ''
    }
    piece += point
  }
  return [...pieces, piece]
}
