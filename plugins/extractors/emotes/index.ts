import { defineExtractor, type Post, z } from 'mood-exporter/plugin'

const options = z.strictObject({
  names: z
    .array(z.string().regex(/^\S{1,100}$/, { error: 'expected a name without spaces' }))
    .max(10_000)
    .default([])
    .describe(
      'Names of further emotes, which count where they are words of the text: those of browser extensions.',
    ),
})

export default defineExtractor({
  name: 'emotes',
  description: 'Emotes of chats such as Twitch, as the service marks them.',
  options,
  create({ names }) {
    const further = new Set(names)
    return {
      extract({ text, emotes = [] }: Post) {
        if (further.size === 0) return emotes
        return [...emotes, ...text.split(/\s+/).filter(word => further.has(word))]
      },
    }
  },
})
