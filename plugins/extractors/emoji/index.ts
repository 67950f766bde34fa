import { defineExtractor, z } from 'mood-exporter/plugin'
import { emojiOf } from './sequences.ts'

const options = z.strictObject({
  skin_tones: z
    .enum(['merge', 'keep'])
    .default('merge')
    .describe('Whether 👍🏽 and 👍🏿 count as 👍 (`merge`) or each as its own (`keep`).'),
})

export default defineExtractor({
  name: 'emoji',
  description: 'Emoji, each as people see it: flags, families and skin tones are one.',
  options,
  create: ({ skin_tones }) => ({ extract: post => emojiOf(post.text, skin_tones === 'keep') }),
})
