/** How many code points a text has: an emoji beyond the first plane is one, where its length is two. */
export const codePoints = (text: string): number => {
  let count = 0
  for (const _ of text) count++
  return count
}

/** A text of at most this number of code points. If it is cut, it ends with `…`; no code point is cut in two. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const points = [...text]
  return points.length <= most ? text : `${points.slice(0, Math.max(0, most - 1)).join('')}…`
}

/**
 * Parts of at most this number of UTF-16 units, cut between lines if possible, otherwise between code points. None is
 * empty.
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
