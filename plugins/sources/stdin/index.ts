import { once } from 'node:events'
import {
  BeyondDecompressor,
  DamagedData,
  defineSource,
  encoding,
  NotText,
  orAborted,
  textStream,
  z,
} from 'mood-exporter/plugin'
import { openInput } from './input.ts'

export default defineSource({
  name: 'stdin',
  description: 'Reads standard input until it ends, plain, gzip or zstd.',
  options: z.object({
    encoding: encoding()
      .optional()
      .describe(
        'The encoding of the text, such as `cp949` or `latin1`; by default UTF-8. A byte order mark takes precedence.',
      ),
  }),
  create: ({ encoding }, { log }) => ({
    async run(emitter, signal) {
      const { stream, kind } = openInput()
      if (kind === 'terminal') log.info('reading from the terminal: a line is a record, Ctrl-D ends it')
      emitter.up()
      const lines = emitter.lines()
      const stop = () => stream.destroy()
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
      try {
        const chunks = stream as AsyncIterable<Buffer>
        for await (const text of textStream(chunks, { encoding, unpacks: true })) {
          await orAborted(lines.write(text), signal)
          if (signal.aborted) return
        }
      } catch (error) {
        // Destroying a stream during iteration reports a premature end.
        if (signal.aborted) return
        if (!isUnreadable(error)) throw error
        // Not an error of the run: otherwise the source would run again, and read from the middle.
        await orAborted(lines.end(), signal)
        const message = unreadable(error)
        log.error(message)
        emitter.down(message)
        if (!signal.aborted) await once(signal, 'abort')
        return
      } finally {
        signal.removeEventListener('abort', stop)
        stream.destroy()
      }
      await orAborted(lines.end(), signal)
    },
  }),
})

const isUnreadable = (error: unknown): error is Error =>
  error instanceof NotText || error instanceof DamagedData || error instanceof BeyondDecompressor

const unreadable = (error: Error) =>
  error instanceof DamagedData
    ? `standard input is damaged at byte ${error.offset}; what comes before was read: ${error.message}`
    : `standard input ${error.message}`
