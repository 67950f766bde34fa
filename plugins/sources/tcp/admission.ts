import { createHash, timingSafeEqual } from 'node:crypto'

const LF = 10

/** The longest first line, in bytes. */
const FIRST_LINE_BYTES = 4096

const HTTP_REQUEST = /^[A-Z]{3,10} \S+ HTTP\/\d/

/** Thrown for a refused connection. */
export class Refused extends Error {
  override name = 'Refused'
}

const digest = (text: string | Buffer) => createHash('sha256').update(text).digest()

/** Compares in constant time, whatever the lengths. */
const isSame = (given: Buffer, expected: string) => timingSafeEqual(digest(given), digest(expected))

/**
 * The bytes of an admitted connection: if a token is set, those after its first line, which must be `AUTH TOKEN`;
 * otherwise all, unless it is an HTTP client. A web page of any site can make a browser send requests to this
 * machine, and the lines of their bodies would become records.
 *
 * @throws Refused with the reason
 */
export async function* admitted(
  chunks: AsyncIterable<Buffer>,
  token: string | undefined,
): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of chunks) {
    if (!start) {
      yield chunk
      continue
    }
    start = Buffer.concat([start, chunk])
    const rest = token === undefined ? unlessHttp(start) : afterAuth(start, token)
    if (!rest) continue
    start = undefined
    if (rest.length > 0) yield rest
  }
  if (!start?.length) return
  if (token !== undefined) throw new Refused('it ended before its first line did')
  yield start
}

/** The bytes after the line `AUTH TOKEN`; undefined while that line is incomplete. */
function afterAuth(start: Buffer, token: string): Buffer | undefined {
  const end = start.indexOf(LF)
  if (end > FIRST_LINE_BYTES || (end < 0 && start.length > FIRST_LINE_BYTES)) {
    throw new Refused(`its first line is longer than ${FIRST_LINE_BYTES} bytes`)
  }
  if (end < 0) return undefined
  const line = start.subarray(0, start[end - 1] === 13 ? end - 1 : end)
  if (!isSame(line, `AUTH ${token}`)) throw new Refused('its first line is not "AUTH" and the token')
  return start.subarray(end + 1)
}

/**
 * The bytes unchanged; undefined while they are too few to recognise HTTP. That delays no record, as less than a line
 * is needed.
 */
function unlessHttp(start: Buffer): Buffer | undefined {
  if (!start.includes(LF) && start.length < FIRST_LINE_BYTES) return undefined
  if (HTTP_REQUEST.test(start.toString('latin1', 0, FIRST_LINE_BYTES))) {
    throw new Refused('it speaks HTTP, for which there is the source `http`')
  }
  return start
}
