import { setTimeout as sleep } from 'node:timers/promises'
import {
  defineSource,
  duration,
  type Emitter,
  PluginError,
  type Source,
  type SourceContext,
  z,
} from 'mood-exporter/plugin'
import { Generator } from './generator.ts'
import { Pacer } from './pacer.ts'
import { TICK_SECONDS } from './schedule.ts'

const TICK_MS = TICK_SECONDS * 1000

/** How often a small number of posts is emitted, in milliseconds: each time is work for every thread. */
const HAND_OVER_MS = 200

/** The rate up to which the number of posts is small, in posts per second. */
const FEW = 2000

/** Records emitted at a time, so that a nearly full queue drops only some of a tick. */
const BATCH = 1000

const options = z.object({
  rate: z.number().positive().max(100_000).default(300).describe('Posts a second.'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1)
    .describe('The random seed: the same seed and options generate the same posts.'),
  incidents: z.boolean().default(true).describe('Whether a topic turns negative from time to time.'),
  incident_every: duration()
    .prefault('5m')
    .describe('Time from one incident to the next, and from the start to the first.'),
  incident_length: duration()
    .prefault('1m')
    .describe('How long an incident lasts; less than `incident_every`.'),
  count: z.int().min(0).optional().describe('Stop after this many records; by default never.'),
  start: z.iso
    .datetime({ offset: true, error: 'expected a time such as 2026-01-01T00:00:00Z' })
    .optional()
    .describe('When the first post was written, for the same times at every run; by default the present.'),
})

export default defineSource({
  name: 'demo',
  description: 'Generates English and Korean posts about a few topics, with moods that drift and incidents.',
  live: true,
  replayable: true,
  format: 'post',
  errors: {
    ERR_DEMO_INCIDENTS: 'Incidents would overlap. Make `incident_length` less than `incident_every`.',
  },
  options,
  create: (options, context) => new Demo(options, context),
})

type Options = z.output<typeof options>

class Demo implements Source {
  readonly #options: Options
  readonly #generator: Generator
  readonly #firstTick: number
  #handedOver = 0

  constructor(options: Options, { position }: SourceContext) {
    const { seed, rate, incidents, incident_every, incident_length } = options
    if (incidents && incident_length >= incident_every)
      throw new PluginError(
        'ERR_DEMO_INCIDENTS',
        `incident_length: expected less than incident_every (${incident_every / 1000}s), got ${incident_length / 1000}s`,
      )
    this.#options = options
    this.#generator = new Generator({
      seed,
      rate,
      incidentEvery: incidents ? incident_every / 1000 : Infinity,
      incidentLength: incident_length / 1000,
    })
    // The position is the next tick: after a reload the stream continues with new ids.
    this.#firstTick = typeof position === 'number' ? position : 0
  }

  async run(emitter: Emitter, signal: AbortSignal): Promise<void> {
    const { start, count = Infinity, rate } = this.#options
    const leastMs = rate > FEW ? 0 : HAND_OVER_MS
    const pacer = new Pacer(TICK_MS, this.#firstTick, performance.now())
    emitter.up()
    while (!signal.aborted && this.#handedOver < count) {
      const now = performance.now()
      // Computed each time, so that posts are current even after the clock was set.
      const epoch = start === undefined ? Date.now() - (now - pacer.startedAt) : Date.parse(start)
      const { first, end } = pacer.due(now)
      for (let tick = first; tick < end; tick++) this.#handOver(emitter, tick, epoch)
      const wait = Math.max(leastMs, pacer.wait(performance.now()))
      await sleep(wait, undefined, { signal }).catch(() => {})
    }
  }

  #handOver(emitter: Emitter, tick: number, epoch: number): void {
    const { count = Infinity } = this.#options
    const records = this.#generator.tick(tick, epoch).map(({ record }) => record)
    const due = records.slice(0, count - this.#handedOver)
    this.#handedOver += due.length
    for (let from = 0; from < due.length; from += BATCH) {
      const batch = due.slice(from, from + BATCH)
      const last = from + BATCH >= due.length
      emitter.offer(batch, last ? { position: tick + 1 } : {})
    }
  }
}
