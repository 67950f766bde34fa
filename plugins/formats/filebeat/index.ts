import {
  defineFormat,
  type Format,
  isObject,
  type JsonObject,
  PluginError,
  parseJson,
  pointer,
  pointerReader,
  timeOf,
  unexpected,
  z,
} from 'mood-exporter/plugin'

export default defineFormat({
  name: 'filebeat',
  description: 'Events of Filebeat (or another Beat) in JSON, around records of any other format.',
  errors: {
    ERR_FILEBEAT_FORMAT:
      'The format of the records within events needs the first record of a file, which events do not bring along, or is binary. Use another, or for `csv` name the `columns`.',
  },
  options: z.object({
    format: z
      .union([z.string().min(1), z.looseObject({ use: z.string().min(1) })])
      .default('text')
      .describe('The format of the records within events: a name, or an object with `use` and its options.'),
    field: pointer()
      .default('/message')
      .describe(
        'Where in an event the record is, as a JSON pointer: text, or an object where Filebeat has parsed JSON; `""` for the event itself.',
      ),
  }),
  inner({ format }) {
    const { use, ...options } = typeof format === 'string' ? { use: format } : format
    return [{ path: ['format'], use, options }]
  },
  async create({ format, field }, context) {
    const inner = await context.format(format)
    ensureReadable(inner)
    const read = pointerReader(field)
    return {
      framing: { kind: 'json' },
      decode(text, { receivedAt, envelope }) {
        const event = parseJson(text)
        if (!isObject(event)) throw unexpected('record', 'an event of Filebeat', event)
        const record = field === '' ? text : recordText(text, field, read(event), read)
        return inner.decode(record, {
          bytes: Buffer.from(record),
          receivedAt: timeOf('@timestamp', event['@timestamp'], receivedAt),
          path: pathOf(event),
          envelope,
        })
      },
    }
  },
})

/** Keeps the digits of numbers that exceed the precision of JavaScript numbers. */
const keepingDigits = (_key: string, value: unknown, { source }: { source?: string }) =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) && source !== undefined
    ? JSON_WITH_RAW.rawJSON(source)
    : value

/** Not declared by TypeScript yet. */
const JSON_WITH_RAW = JSON as typeof JSON & { rawJSON(text: string): unknown }

/**
 * The record in an event: text, or JSON that Filebeat has parsed, converted back to text.
 *
 * @throws InvalidRecord if there is none
 */
function recordText(
  event: string,
  field: string,
  record: unknown,
  read: (event: unknown) => unknown,
): string {
  if (typeof record === 'string') return record
  if (!isObject(record)) throw unexpected(field, 'text or an object', record)
  return JSON.stringify(read(parseJson(event, keepingDigits)))
}

/** The path of the record's file: `log.file.path` since version 7, `source` before. */
function pathOf({ log, source }: JsonObject): string | undefined {
  const path = isObject(log) && isObject(log.file) ? log.file.path : source
  return typeof path === 'string' && path !== '' ? path : undefined
}

/** @throws Error if records of the format cannot be read individually */
function ensureReadable({ header, binary, framing }: Format): void {
  const headersAreOptional = framing?.kind === 'lines' && framing.headers !== undefined
  if (!binary && (!header || headersAreOptional)) return
  throw new PluginError(
    'ERR_FILEBEAT_FORMAT',
    `format: expected one whose records can be read by themselves, got one ${binary ? 'that is binary' : 'that needs a header'}`,
  )
}
