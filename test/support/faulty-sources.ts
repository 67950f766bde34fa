/** Faults of every kind that the dashboard Exporter has a panel for, as plugins that go on causing them. */

/** Comes and goes, says how much waits, and hands over posts from the future and posts that plugins break on. */
export const UNSTEADY_SOURCE = `
import { setTimeout as sleep } from 'node:timers/promises'
import { defineSource, z } from 'mood-exporter/plugin'

let id = 0

export default defineSource({
  name: 'unsteady',
  description: 'Comes and goes.',
  options: z.object({}),
  create: () => ({
    async run(emitter, signal) {
      for (let round = 0; !signal.aborted; round++) {
        const now = Date.now()
        const post = (text, createdAt) => ({ id: String(id++), text, createdAt })
        emitter.up()
        emitter.lag(100 + round)
        if (round > 0) emitter.gap('lost', 500)
        await emitter.write([
          post('nova phone, of tomorrow', now + 86_400_000),
          post('nova phone, BOOM throws;', now),
          ...(round % 8 === 4 ? [post('nova phone, BOOM exits;', now)] : []),
          // As many slices of a tenth of a second as there are posts, and more than may be open.
          ...Array.from({ length: 50 }, (_, i) => post('nova phone, says @someone', now + i * 100)),
        ])
        emitter.down('as an exercise')
        await sleep(500, undefined, { signal }).catch(() => {})
      }
    },
  }),
})
`

/** Gives up whenever it is started. */
export const FAILING_SOURCE = `
import { defineSource, z } from 'mood-exporter/plugin'

export default defineSource({
  name: 'failing',
  description: 'Gives up.',
  options: z.object({}),
  create: () => ({
    run: async () => {
      throw new Error('cannot go on')
    },
  }),
})
`
