import { keysOf, timeFormatOption, timeZoneOption, z } from 'mood-exporter/plugin'

export const TYPES = ['json', 'csv', 'rss'] as const

/** A JSON pointer, a column by name or number, or an element, depending on the type. */
const place = () => z.union([z.string(), z.int().min(1)])

const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/

export const rankingOptions = z
  .object({
    type: z.enum(TYPES).default('json').describe('The kind of records.'),
    items: z
      .string()
      .optional()
      .describe('Of JSON: where the list is, as a JSON pointer; by default the record itself.'),
    term: place()
      .optional()
      .describe(
        'Where in an item the term is: of JSON a pointer, by default the item itself; of CSV a column by its name or number, by default `term`; of RSS an element, by default `title`.',
      ),
    rank: place()
      .optional()
      .describe('Where its rank is, from 1, likewise; by default the first item has rank 1.'),
    count: place()
      .optional()
      .describe('Where the number of searches or uses is, likewise; by default it is not known.'),
    time: place()
      .optional()
      .describe(
        'Where the time of the list is: of JSON a pointer into the record, of CSV a column, of RSS an element of the first item. Where absent it is when the record came.',
      ),
    time_format: timeFormatOption(),
    time_zone: timeZoneOption().default('UTC').describe('The time zone of times that name none.'),
    delimiter: z
      .string()
      .regex(/^[^\r\n]$/, { error: 'expected one character, such as "," or "\\t"' })
      .optional()
      .describe(
        'Of CSV: the character between columns; by default the one of `,`, `;`, tab and `|` that the first line contains.',
      ),
    columns: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe("Of CSV: all columns' names in their order, if there is no header."),
  })
  .superRefine((options, context) => {
    const addProblem = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message })
    const { type, items } = options
    if (type !== 'json' && items !== undefined) addProblem('items', 'expected it with `type: json` only')
    for (const key of ['delimiter', 'columns'] as const)
      if (type !== 'csv' && options[key] !== undefined) addProblem(key, 'expected it with `type: csv` only')
    if (type === 'json' && items !== undefined && !POINTER.test(items)) addProblem('items', POINTER_EXPECTED)
    for (const key of ['term', 'rank', 'count', 'time'] as const) {
      const value = options[key]
      if (value === undefined) continue
      if (type === 'json' && !(typeof value === 'string' && POINTER.test(value)))
        addProblem(key, POINTER_EXPECTED)
      if (type === 'rss' && !(typeof value === 'string' && value !== ''))
        addProblem(key, 'expected the name of an element')
      if (type === 'csv' && value === '') addProblem(key, 'expected a column by its name or number')
    }
  })

const POINTER_EXPECTED = 'expected a JSON pointer, such as "/data/0/name"'

export type RankingOptions = z.output<typeof rankingOptions>

/** A pointer in messages. */
export const namedPlace = (pointer: string): string => (keysOf(pointer).length === 0 ? 'record' : pointer)
