import { timeFormatOption, z } from 'mood-exporter/plugin'
import { htmlOption } from '../html-option.ts'

/** A user's regular expression; undefined if it is invalid. */
export function compiled(pattern: string): RegExp | undefined {
  for (const flags of ['su', 's']) {
    try {
      return new RegExp(pattern, flags)
    } catch {
      // Without the flag `u`, unnecessary escapes are allowed.
    }
  }
  return undefined
}

export const textOptions = z.object({
  lang: z
    .string()
    .regex(/^[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{1,8})*$/, { error: 'expected a language such as "en"' })
    .optional()
    .describe('The language of every post; by default it is detected.'),
  trim: z.boolean().default(false).describe('Whether to trim white space around the text.'),
  pattern: z
    .string()
    .min(1)
    .refine(pattern => compiled(pattern) !== undefined, {
      error: 'expected a regular expression of JavaScript, such as "^<(?<author>[^>]+)> (?<text>.*)$"',
    })
    .refine(pattern => pattern.includes('(?<text>'), {
      error: 'expected a group that is the text: `(?<text>.*)`',
    })
    .optional()
    .describe(
      'A regular expression that separates the text from the rest of the line, by the groups `text`, `time`, `author`, `id`, `lang` and `url`.',
    ),
  optional: z
    .boolean()
    .default(false)
    .describe('Whether a line that does not match the pattern has no post instead of being invalid.'),
  time_format: timeFormatOption(),
  html: htmlOption(),
})
