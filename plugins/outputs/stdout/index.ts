import { DeliveryError, defineOutput, z } from 'mood-exporter/plugin'
import { LineWriter } from './line-writer.ts'
import { openStdout } from './open.ts'

export default defineOutput({
  name: 'stdout',
  description:
    'Writes a line of JSON to standard output for each event: windows that close, reports, alerts, posts.',
  takes: ['windows', 'reports', 'alerts', 'posts', 'rankings'],
  options: z.object({}),
  create() {
    const lines = new LineWriter(openStdout)
    return {
      async write(events, { signal }) {
        try {
          await lines.write(
            events.map(event => ({ key: event.key, text: JSON.stringify(event) })),
            signal,
          )
        } catch (error) {
          signal.throwIfAborted()
          throw new DeliveryError(`standard output cannot be written: ${reasonOf(error)}`, { cause: error })
        }
      },
      close: () => lines.close(),
    }
  },
})

/** Errors of a pipe without a reader. */
const UNREAD = ['EPIPE', 'ENXIO', 'ECONNRESET']

function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  return UNREAD.includes(code) ? `nothing reads it (${code})` : message
}
