import { csvDialect, timeFormatOption, z } from 'mood-exporter/plugin'
import { htmlOption } from '../html-option.ts'
import { type ColumnRefs, findColumns } from './columns.ts'

const oneCharacter = z.string().regex(/^[^\r\n]$/, { error: 'expected one character, such as "," or "\\t"' })

const column = z.union([z.string().min(1), z.int().min(1)]).optional()

export const csvOptions = z
  .object({
    delimiter: oneCharacter
      .optional()
      .describe(
        'The character between columns. Where absent, the one of `,`, `;`, tab and `|` that the header has; `,` without a header.',
      ),
    quote: z
      .union([oneCharacter, z.null(), z.literal(false)])
      .optional()
      .describe(
        'The character around fields that hold the delimiter or a line end, doubled within them; null or false for none. By default `"`, and none between tabs.',
      ),
    header: z
      .boolean()
      .optional()
      .describe('Whether the first line is a header; by default it is, unless `columns` are given.'),
    columns: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe("All columns' names in their order; they replace those of a header."),
    text: column.describe('The column with the text, by name or by number from 1; by default `text`.'),
    id: column.describe('The column with the id; by default `id`, if there is one.'),
    time: column.describe('The column with the time; by default `time`, `created_at` or `createdAt`.'),
    lang: column.describe('The column with the language; by default `lang`.'),
    author: column.describe('The column with the author; by default `author`.'),
    url: column.describe('The column with the URL; by default `url`.'),
    time_format: timeFormatOption(),
    html: htmlOption(),
  })
  .superRefine(({ delimiter = ',', quote, header, columns, ...refs }, context) => {
    if (csvDialect('', { delimiter, quote: quoteNamed(quote) }).quote === delimiter)
      context.addIssue({
        code: 'custom',
        path: ['quote'],
        message: `expected another character than the delimiter`,
      })
    if (header !== false && columns === undefined) return
    try {
      findColumns(refs as ColumnRefs, columns ?? null)
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message })
    }
  })

export type CsvOptions = z.output<typeof csvOptions>

/** The quote for the dialect: null for none, undefined for the default. */
export const quoteNamed = (quote: CsvOptions['quote']): string | null | undefined =>
  quote === undefined ? undefined : quote || null
