import { defineExtractor, type Post, z } from 'mood-exporter/plugin'

export default defineExtractor({
  name: 'trends',
  description: 'Terms of rankings that posts mention, of topics that take their keywords from one.',
  options: z.strictObject({}),
  create: () => ({ extract: ({ trends = [] }: Post) => trends }),
})
