import { resolve } from 'node:path'
import { DeliveryError, defineOutput, messageOf, size, z } from 'mood-exporter/plugin'
import { AppendFile } from './append-file.ts'

/** The separator between two texts. */
const RULE = `\n${'-'.repeat(72)}\n`

export default defineOutput({
  name: 'file',
  description: 'Appends events to a file, as a line of JSON each or as text for people.',
  takes: ['windows', 'reports', 'alerts', 'posts', 'rankings'],
  options: z.object({
    path: z
      .string()
      .min(1)
      .describe('The file, which is created if it does not exist. Its folder must exist.'),
    format: z
      .enum(['json', 'text', 'markdown'])
      .default('json')
      .describe(
        '`json` writes a line for each event. `text` and `markdown` write reports and alerts as readable text.',
      ),
    max_size: size()
      .optional()
      .describe(
        'At this size the file is renamed to `PATH.1`, an existing `PATH.1` to `PATH.2` and so on, and a new file begins; by default never.',
      ),
    keep: z.int().min(1).max(1000).default(5).describe('How many renamed files are kept.'),
  }),
  create({ path, format, max_size, keep }, { baseDir }) {
    const file = new AppendFile(resolve(baseDir, path), {
      maxBytes: max_size ?? Number.POSITIVE_INFINITY,
      keep,
    })
    return {
      async write(events, { signal }) {
        const texts = events.map(event => {
          if (format === 'json') return `${JSON.stringify(event)}\n`
          return 'text' in event && 'markdown' in event ? `${event[format]}${RULE}` : ''
        })
        try {
          await file.append(texts.join(''))
        } catch (error) {
          signal.throwIfAborted()
          throw new DeliveryError(`the file cannot be written: ${messageOf(error)}`, { cause: error })
        }
      },
      close: () => file.close(),
    }
  },
})
