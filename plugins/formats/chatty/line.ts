import { InvalidRecord, shown } from 'mood-exporter/plugin'

/** A parsed line of a log. */
export interface ChatLine {
  /** Midnight UTC of the date, in milliseconds; undefined if the line has no date. */
  readonly date: number | undefined
  /** Milliseconds since midnight in the logging user's local time; undefined if the line has no time. */
  readonly clock: number | undefined
  readonly author: string
  readonly text: string
}

/**
 * The time stamps of Chatty (`[HH:mm:ss]`, `[hh:mm:ss a]`, `[hh:mm:ssa]`, each optionally after `yyyy-MM-dd`), with
 * AM and PM as Java writes them in English, Korean, Japanese and Chinese.
 */
const STAMP =
  /^\[(?:(\d{4})-(\d\d)-(\d\d) )?(\d{1,2}):(\d\d)(?::(\d\d))?(?: ?(AM|PM|a\.?m\.?|p\.?m\.?|오전|오후|午前|午後|上午|下午))?\](?: |$)/i

/**
 * A message: an optional prefix from the user's template (badges, and the id in parentheses), the name, a star for
 * `/me`, and the text.
 */
const MESSAGE = /^(?:[^\s<:]{1,100} ?)?<([^<>]{1,200})>(\*?) (.*)$/s

/** Signs before a name: broadcaster, moderator, VIP, subscriber, Turbo, staff, bot and others. */
const MODES = /^[^\p{L}\p{N}_]+/u

/** A localised name, with the account in parentheses. */
const LOCALISED = /^.+ \((\w+)\)$/

/** Known lines without a time stamp: the beginning, end and pauses of a log, and messages of Chatty itself. */
const NO_MESSAGE =
  /^(?:# Log (?:started|closed): |-$|(?:BAN|UNBAN|DELETED|MOD|UNMOD|JOIN|PART|BITS|VIEWERS|MOD_ACTION): |Viewerstats |You have (?:joined|left) )/

const HOUR_MS = 3_600_000
const AFTERNOON = /^(?:p|오후|午後|下午)/i

/**
 * Parses a line of a log; null for a line without a message.
 *
 * @throws InvalidRecord if it is not a line of a Chatty log
 * @see https://github.com/chatty/chatty `ChatLog`, `LogWriter` and `LogSettings`
 */
export function readLine(line: string): ChatLine | null {
  if (NO_MESSAGE.test(line)) return null
  const stamp = STAMP.exec(line)
  const found = MESSAGE.exec(stamp === null ? line : line.slice(stamp[0].length))
  if (found === null) {
    if (stamp !== null) return null
    throw new InvalidRecord(
      `expected a line such as "[12:00:03] <name> text", got ${shown(line)}; Chatty's \`logTimestamp\` and \`logMessageTemplate\` may be others`,
    )
  }
  const [, name = '', , text = ''] = found
  const plain = name.replace(MODES, '')
  const author = LOCALISED.exec(plain)?.[1] ?? plain
  return {
    date: stamp?.[1] ? dateOf(stamp) : undefined,
    clock: stamp ? clockOf(stamp) : undefined,
    author,
    text,
  }
}

function dateOf([stamp, year, month, day]: RegExpExecArray): number {
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day))
  if (new Date(date).getUTCDate() !== Number(day) || Number(month) > 12) throw noTime(stamp)
  return date
}

function clockOf([stamp, , , , hour, minute, second = '0', half]: RegExpExecArray): number {
  const hours = Number(hour)
  const isTime = Number(minute) < 60 && Number(second) <= 60
  if (!isTime || (half === undefined ? hours > 23 : hours < 1 || hours > 12)) throw noTime(stamp)
  const ofDay = half === undefined ? hours : (hours % 12) + (AFTERNOON.test(half) ? 12 : 0)
  return ofDay * HOUR_MS + Number(minute) * 60_000 + Number(second) * 1000
}

const noTime = (stamp: string | undefined) => new InvalidRecord(`expected a time, got ${shown(stamp)}`)
