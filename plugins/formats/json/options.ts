import { pointer, timeFormatOption, z } from 'mood-exporter/plugin'
import { htmlOption } from '../html-option.ts'

const value = z.union([z.string(), z.number(), z.boolean(), z.null()])
const conditions = z.record(pointer(), z.union([value, z.array(value).min(1)])).default({})

export const jsonOptions = z.object({
  text: z
    .union([pointer(), z.array(pointer()).min(1)])
    .default('/text')
    .describe(
      'Where the text is, as a JSON pointer: a string, or a list of strings and of objects with a `text`. Of several pointers the first that finds a text counts.',
    ),
  id: pointer().optional().describe('Where the id is: a string or a whole number.'),
  time: pointer().optional().describe('Where the time is: text as `time_format` has it, or a Unix time.'),
  lang: pointer().optional().describe('Where the language is.'),
  author: pointer().optional().describe('Where the author is: a string or a number.'),
  url: pointer().optional().describe('Where the URL is.'),
  each: pointer()
    .optional()
    .describe(
      'Where an array of posts is, if a record holds several; the rest then start from its elements.',
    ),
  where: conditions.describe(
    'Values by their pointers: a record without them, or without one of a list, holds no post. `null` also means absent.',
  ),
  where_not: conditions.describe('The opposite: a record with one of these values has no post.'),
  optional: z
    .boolean()
    .default(false)
    .describe('Whether a record without text, or with an empty one, has no post instead of being invalid.'),
  time_format: timeFormatOption(),
  html: htmlOption(),
})
