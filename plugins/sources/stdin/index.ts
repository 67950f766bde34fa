import { defineSource, orAborted, z } from 'mood-exporter/plugin'
import { openInput } from './input.ts'

export default defineSource({
  name: 'stdin',
  description: 'Reads standard input, a record a line, until it ends.',
  options: z.object({}),
  create: (_, { log }) => ({
    async run(emitter, signal) {
      const { stream, kind } = openInput()
      if (kind === 'terminal') log.info('reading from the terminal: a line is a record, Ctrl-D ends it')
      emitter.up()
      const lines = emitter.lines()
      const stop = () => stream.destroy()
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
      try {
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          await orAborted(lines.write(chunk), signal)
          if (signal.aborted) return
        }
      } catch (error) {
        // A stream that is destroyed while it is iterated complains of a premature end.
        if (!signal.aborted) throw error
        return
      } finally {
        signal.removeEventListener('abort', stop)
        stream.destroy()
      }
      await orAborted(lines.end(), signal)
    },
  }),
})
