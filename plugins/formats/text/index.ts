import { defineFormat, z } from 'mood-exporter/plugin'
import { makePost } from '../shared/fields.ts'

export default defineFormat({
  name: 'text',
  description: 'Plain text: a record is a post, written when it came.',
  options: z.object({
    lang: z
      .string()
      .regex(/^[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{1,8})*$/, { error: 'expected a language such as "en"' })
      .optional()
      .describe('The language of every post; detected where absent.'),
    trim: z.boolean().default(false).describe('Whether white space around the text is cut off.'),
  }),
  create: ({ lang, trim }) => ({
    decode(text, { receivedAt }) {
      const trimmed = text.trim()
      if (trimmed === '') return null
      return makePost(undefined, trim ? trimmed : text, receivedAt, lang, undefined, undefined, undefined)
    },
  }),
})
