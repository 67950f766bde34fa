import { InvalidRecord, shown } from 'mood-exporter/plugin'

/** Invalid Python syntax. */
export class PythonSyntax extends InvalidRecord {
  constructor(expected: string, text: string, at: number) {
    const there = at < text.length ? shown(text.slice(at, at + 20)) : 'the end'
    super(`expected ${expected} at character ${at + 1} of the Python literal, got ${there}`)
  }
}

const QUOTE = 39
const DOUBLE_QUOTE = 34
const BACKSLASH = 92
const LF = 10
const CR = 13

const isQuote = (code: number) => code === QUOTE || code === DOUBLE_QUOTE

const PREFIXES = new Set(['b', 'B', 'u', 'U'])

/** Whether a string or bytes literal starts at an index. */
export function startsString(text: string, at: number): boolean {
  return (
    isQuote(text.charCodeAt(at)) || (PREFIXES.has(text[at] as string) && isQuote(text.charCodeAt(at + 1)))
  )
}

/**
 * Parses the string (`'…'`, `"…"`, `u'…'`) or bytes (`b'…'`) literal that starts at an index, up to `end`.
 *
 * @throws PythonSyntax
 */
export function readString(text: string, start: number): { value: string | Uint8Array; end: number } {
  const prefix = text[start]
  const isBytes = prefix === 'b' || prefix === 'B'
  let at = isQuote(text.charCodeAt(start)) ? start : start + 1
  const quote = text.charCodeAt(at++)
  let value = ''
  let from = at
  for (;;) {
    const code = text.charCodeAt(at)
    if (code === quote) break
    if (code === BACKSLASH) {
      value += text.slice(from, at)
      const escaped = readEscape(text, at, isBytes)
      value += escaped.value
      at = escaped.end
      from = at
    } else if (Number.isNaN(code) || code === LF || code === CR) {
      throw new PythonSyntax('a closing quote', text, at)
    } else if (isBytes && code > 0x7f) {
      throw new PythonSyntax('ASCII in a bytes literal', text, at)
    } else at++
  }
  value += text.slice(from, at)
  return { value: isBytes ? Buffer.from(value, 'latin1') : value, end: at + 1 }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
])

/** Hexadecimal digits after `\x`, `\u` and `\U`. */
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
])

const LAST_CODE_POINT = 0x10ffff

function readEscape(text: string, at: number, isBytes: boolean): { value: string; end: number } {
  const kind = text[at + 1] ?? ''
  const simple = ESCAPES.get(kind)
  if (simple !== undefined) return { value: simple, end: at + 2 }

  let digits = HEX_DIGITS.get(kind)
  if (digits !== undefined && !(isBytes && kind !== 'x')) {
    const code = readDigits(text, at + 2, digits, 16)
    if (code.count === digits && code.value <= LAST_CODE_POINT)
      return { value: String.fromCodePoint(code.value), end: at + 2 + digits }
  }

  const octal = readDigits(text, at + 1, 3, 8)
  digits = octal.count
  if (digits > 0 && !(isBytes && octal.value > 0xff))
    return { value: String.fromCharCode(octal.value), end: at + 1 + digits }
  throw new PythonSyntax('an escape that repr writes', text, at)
}

/** The number in up to `most` digits, and how many digits there are. */
function readDigits(
  text: string,
  start: number,
  most: number,
  base: 8 | 16,
): { value: number; count: number } {
  let value = 0
  let count = 0
  while (count < most) {
    const digit = Number.parseInt(text[start + count] ?? '', base)
    if (Number.isNaN(digit)) break
    value = value * base + digit
    count++
  }
  return { value, count }
}
