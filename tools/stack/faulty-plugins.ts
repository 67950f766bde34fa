/** Faulty plugins: each has an option `fault`, the fault that posts with `BOOM FAULT` cause. */

const FAULTS = `
const { spawnSync } = process.getBuiltinModule('node:child_process')

const hoard = () => {
  const kept = new Map()
  for (let i = 0; ; i++) kept.set(i, i)
}

const faults = {
  none: () => 0.5,
  throws: () => { throw new Error('I always throw') },
  throwsNothing: () => { throw Object.create(null) },
  nan: () => Number.NaN,
  two: () => 2,
  text: () => 'good',
  nothing: () => undefined,
  endless: () => { for (;;); },
  waits: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  exits: () => process.exit(),
  // A system call, which cannot be interrupted by a thread.
  systemCall: () => spawnSync('sleep', ['6']),
  hoards: hoard,
  buffers: () => {
    const kept = []
    for (;;) kept.push(Buffer.alloc(2 ** 20, 1))
  },
  stray: () => {
    setTimeout(() => { throw new Error('nobody catches me') })
    return 0.5
  },
}

const isMeant = (text, fault) => text.includes('BOOM ' + fault + ';')
`

/** Scores 0.5, one post at a time. */
export const SCORER = `
import { defineScorer, z } from 'mood-exporter/plugin'
${FAULTS}
export default defineScorer({
  name: 'moody',
  description: 'Scores 0.5.',
  options: z.object({ fault: z.string() }),
  create: ({ fault }) => ({
    score: ({ text }) => (isMeant(text, fault) ? faults[fault]() : 0.5),
  }),
})
`

/** The same in batches. */
export const BATCH_SCORER = `
import { setTimeout as sleep } from 'node:timers/promises'
import { defineScorer, z } from 'mood-exporter/plugin'
${FAULTS}
Object.assign(faults, {
  never: () => new Promise(() => {}),
  few: () => [],
  rejects: () => Promise.reject(new Error('I always reject')),
  endlessLater: async () => {
    await sleep(1)
    for (;;);
  },
})

export default defineScorer({
  name: 'moody-batch',
  description: 'Scores 0.5.',
  options: z.object({ fault: z.string(), size: z.number().default(1), concurrency: z.number().default(1) }),
  create: ({ fault, size, concurrency }) => ({
    batchSize: size,
    concurrency,
    scoreBatch: async posts => {
      if (!posts.some(({ text }) => isMeant(text, fault))) return posts.map(() => 0.5)
      const answer = await faults[fault]()
      return Array.isArray(answer) ? answer : posts.map(() => answer)
    },
  }),
})
`

/** Finds the term \`fine\`. */
export const EXTRACTOR = `
import { defineExtractor, z } from 'mood-exporter/plugin'
${FAULTS}
Object.assign(faults, {
  *same() { for (;;) yield 'same' },
  *many() { for (let i = 0; ; i++) yield 'term' + i },
  mixed: () => ['fine', 7, null, 'finer'],
  noIterable: () => 7,
})

export default defineExtractor({
  name: 'moody',
  description: 'Finds one term.',
  options: z.object({ fault: z.string() }),
  create: ({ fault }) => ({
    extract: ({ text }) => (isMeant(text, fault) ? faults[fault]() : ['fine']),
  }),
})
`

/** A line is a post; a line with \`BOOM FAULT\` causes that fault. */
export const FORMAT = `
import { defineFormat, InvalidRecord, z } from 'mood-exporter/plugin'
${FAULTS}
const createdAt = Date.now()
Object.assign(faults, {
  invalid: () => { throw new InvalidRecord('expected sense') },
  noText: () => ({ createdAt }),
  noTime: () => ({ text: 'x', createdAt: Number.NaN }),
  farAway: () => ({ text: 'x', createdAt: 1e300 }),
  numberId: () => ({ text: 'x', createdAt, id: 7 }),
  nullLang: () => ({ text: 'x', createdAt, lang: null }),
  topicsText: () => ({ text: 'x', createdAt, topics: 'all' }),
  promise: () => Promise.resolve({ text: 'x', createdAt }),
  getter: () => ({ get text() { throw new Error('no text for you') }, createdAt }),
  holes: () => [, { text: 'x', createdAt }],
  empty: () => [],
})

export default defineFormat({
  name: 'moody',
  description: 'A line is a post.',
  options: z.object({}),
  create: () => ({
    decode: text => {
      const fault = /^BOOM (\\w+);/.exec(text)?.[1]
      return fault ? faults[fault]() : { text, createdAt }
    },
  }),
})
`

/** Emits three posts, each with its position. In its first run, it causes a fault after the first of them. */
export const SOURCE = `
import { setTimeout as sleep } from 'node:timers/promises'
import { defineSource, z } from 'mood-exporter/plugin'
${FAULTS}
faults.sleeps = () => sleep(2 ** 30)

export default defineSource({
  name: 'moody',
  description: 'Three posts.',
  options: z.object({ fault: z.string() }),
  create: ({ fault }, { position, name }) => ({
    async run(emitter) {
      if (fault !== 'sleeps') emitter.up()
      for (let post = (position ?? 0) + 1; post <= 3; post++) {
        await emitter.write([{ id: name + post, text: 'post', createdAt: Date.now() }], { position: post })
        // So that it is emitted, and not lost with the thread.
        await sleep(200)
        if (position === undefined) await faults[fault]()
        await sleep(200)
      }
    },
  }),
})
`
