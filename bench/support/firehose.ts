import { defineSource, z } from 'mood-exporter/plugin'

const CHUNK = 1000

/** Posts as fast as the pipeline accepts them, with the configured number of different hashtags. For benchmarks. */
export default defineSource({
  name: 'firehose',
  description: 'Posts as fast as they are taken.',
  options: z.object({
    posts: z.number().describe('How many.'),
    distinct: z.number().describe('How many different hashtags.'),
    topics: z.number().default(1).describe('How many different topic words.'),
    real_time: z.boolean().default(true).describe('Written now, or a millisecond after each other.'),
  }),
  create: ({ posts, distinct, topics, real_time }) => ({
    async run(emitter, signal) {
      emitter.up()
      const start = Date.now()
      for (let i = 0; i < posts && !signal.aborted; ) {
        const records: string[] = []
        const now = Date.now()
        for (const end = Math.min(posts, i + CHUNK); i < end; i++) {
          const mood = i % 3 === 0 ? 'I love' : i % 3 === 1 ? 'I hate' : 'I saw'
          const createdAt = real_time ? now : start - posts + i
          records.push(
            `{"id":"${i}","text":"${mood} topic${i % topics} today #tag${(i * 7919) % distinct} :)","createdAt":${createdAt},"lang":"en"}`,
          )
        }
        await emitter.write(records)
        // Gives the abort a chance: a write with room in the queue never yields.
        await new Promise(resolve => setImmediate(resolve))
      }
    },
  }),
})
