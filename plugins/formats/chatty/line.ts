import { InvalidRecord, shown } from 'mood-exporter/plugin'

/** What a line of a log says. */
export interface ChatLine {
  /** The date, as midnight UTC of it in milliseconds; undefined where the line has none. */
  readonly date: number | undefined
  /** Milliseconds since midnight by the clocks of the one who logged; undefined where the line has no time. */
  readonly clock: number | undefined
  readonly author: string
  readonly text: string
}

/**
 * The time stamps that Chatty offers (`[HH:mm:ss]`, `[hh:mm:ss a]`, `[hh:mm:ssa]` and these with `yyyy-MM-dd` in front),
 * with the halves of the day as Java writes them in English, Korean, Japanese and Chinese.
 */
const STAMP =
  /^\[(?:(\d{4})-(\d\d)-(\d\d) )?(\d{1,2}):(\d\d)(?::(\d\d))?(?: ?(AM|PM|a\.?m\.?|p\.?m\.?|오전|오후|午前|午後|上午|下午))?\](?: |$)/i

/**
 * A message: what a template of the user's may put before the name (badges, and the id in parentheses), the name, a star
 * for `/me`, and the text.
 */
const MESSAGE = /^(?:[^\s<:]{1,100} ?)?<([^<>]{1,200})>(\*?) (.*)$/s

/** Signs before a name: broadcaster, moderator, VIP, subscriber, Turbo, staff, bot and the like. */
const MODES = /^[^\p{L}\p{N}_]+/u

/** A name in letters of its own, and the account's in parentheses. */
const LOCALISED = /^.+ \((\w+)\)$/

/** Lines that are known without a time stamp: where a log begins, ends and pauses, and what Chatty reports. */
const NO_MESSAGE =
  /^(?:# Log (?:started|closed): |-$|(?:BAN|UNBAN|DELETED|MOD|UNMOD|JOIN|PART|BITS|VIEWERS|MOD_ACTION): |Viewerstats |You have (?:joined|left) )/

const HOUR_MS = 3_600_000
const AFTERNOON = /^(?:p|오후|午後|下午)/i

/**
 * Reads a line of a log; null for one that is no message.
 *
 * @throws InvalidRecord where it is no line of a Chatty log
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
