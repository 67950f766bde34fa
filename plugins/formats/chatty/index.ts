import { defineFormat, TimeZone, timeZoneOption, z } from 'mood-exporter/plugin'
import { readLine } from './line.ts'
import { dateInName, SESSION_PREFIX, type Session, sessionOf } from './session.ts'

const DAY_MS = 86_400_000
/** How long before the start of a log its first line may have been stamped. */
const EARLY_MS = 60_000

const startOfDay = (local: number) => Math.floor(local / DAY_MS) * DAY_MS

export default defineFormat({
  name: 'chatty',
  description:
    'Logs of the Twitch client Chatty: chat messages, with the date from the line, the log or its name.',
  options: z.object({
    time_zone: timeZoneOption()
      .optional()
      .describe(
        'The time zone of the logs. By default the one that a log names at its start, if that is known, otherwise UTC.',
      ),
    date: z
      .enum(['auto', 'received'])
      .default('auto')
      .describe(
        'Where lines with a time only have their date from: `auto` takes it from the start of the log, otherwise from the name of a daily log, otherwise the date that is nearest to when the line was read; `received` always takes that one, for logs that are followed while they are written.',
      ),
    split: z
      .enum(['never', 'daily', 'weekly', 'monthly'])
      .default('daily')
      .describe("Chatty's `logSplit`: only the name of a daily log contains the date of its lines."),
  }),
  create({ time_zone, date, split }) {
    const named = time_zone === undefined ? undefined : new TimeZone(time_zone)
    const utc = new TimeZone('UTC')

    // Consecutive lines mostly have the same header, so the last one is cached.
    let lastHeader: string | undefined
    let lastSession: Session | undefined
    function sessionBy(header: string | undefined): Session | undefined {
      if (header !== lastHeader) lastSession = sessionOf(header)
      lastHeader = header
      return lastSession
    }

    /** The local time of a line, which has no date of its own. */
    function dated(
      clock: number,
      path: string | undefined,
      session: Session | undefined,
      receivedLocal: number,
    ) {
      if (date === 'auto') {
        if (session !== undefined) return firstFrom(session.local - EARLY_MS, clock)
        const inName = split === 'daily' ? dateInName(path) : undefined
        if (inName !== undefined) return inName + clock
      }
      const day = startOfDay(receivedLocal)
      return nearest(receivedLocal, [day - DAY_MS + clock, day + clock, day + DAY_MS + clock])
    }

    return {
      header: true,
      framing: { kind: 'lines', headers: SESSION_PREFIX },
      decode(line, { receivedAt, header, path }) {
        const read = readLine(line)
        if (read === null || read.text.trim() === '') return null
        const { clock, author, text } = read
        let createdAt = receivedAt
        if (clock !== undefined) {
          const session = sessionBy(header)
          const zone = named ?? (session ? new FixedOffset(session.offset) : utc)
          const local =
            read.date === undefined ? dated(clock, path, session, zone.local(receivedAt)) : read.date + clock
          createdAt = zone.timeOf(local)
        }
        return { text, createdAt, author: author || undefined }
      },
    }
  },
})

/** The first local time at or after another at which clocks show this. */
function firstFrom(local: number, clock: number): number {
  const sameDay = startOfDay(local) + clock
  return sameDay < local ? sameDay + DAY_MS : sameDay
}

/** The time zone of a log, of which only the offset at its start is known. */
class FixedOffset {
  readonly #offset: number

  constructor(offset: number) {
    this.#offset = offset
  }

  local(time: number): number {
    return time + this.#offset
  }

  timeOf(local: number): number {
    return local - this.#offset
  }
}

/** The time that is closest to another. */
const nearest = (to: number, times: readonly number[]): number =>
  times.reduce((best, time) => (Math.abs(time - to) < Math.abs(best - to) ? time : best))
