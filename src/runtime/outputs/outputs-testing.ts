import type { EventResult } from '../../plugin/delivery.ts'
import type { OutputEvent, OutputStream, WindowEvent } from '../../plugin/output.ts'
import type { StoreCall, StoreResult } from '../threads/messages.ts'
import type { Failure } from '../threads/plugin-thread.ts'
import type { BeginRun, WriteEnd } from './output-run.ts'
import type { OutputSpec } from './output-spec.ts'

/** The n-th window of a second, with the topic `n`. */
export const windowOf = (n: number, window = '1s'): WindowEvent => ({
  kind: 'window',
  key: `window/${window}/${n}`,
  window,
  start: n * 1000,
  end: (n + 1) * 1000,
  rows: [
    {
      topic: `t${n}`,
      scorer: 'afinn',
      posts: { positive: n, neutral: 0, negative: 0, unknown: 0 },
      score: null,
    },
  ],
})

export const specOf = (more: Partial<OutputSpec> = {}): OutputSpec => ({
  use: 'fake',
  name: 'out',
  options: {},
  windows: null,
  events: null,
  posts: null,
  queue: 100,
  batch: 10,
  timeout: 10_000,
  retry: { initial: 1000, max: 8000, giveUp: 3_600_000 },
  ...more,
})

export const SETTINGS = {
  baseDir: '/',
  limits: { queue_bytes: 2 ** 20, worker_memory: 2 ** 26, log_lines: 10, create_timeout: 60_000 },
  threaded: true,
}

/** A store without values that stores nothing. */
export const noStore = async ({ id }: StoreCall): Promise<StoreResult> => ({ type: 'stored', id })

interface Said {
  /** For each event; a single value is for all. */
  results?: EventResult | EventResult[]
  permanent?: boolean
  retryAfter?: number
  error?: string
  pending?: boolean
  timedOut?: boolean
}

/** The end of a write, as a thread would report it. */
export function said(events: readonly unknown[], { results = 'delivered', ...more }: Said = {}): WriteEnd {
  const each = Array.isArray(results) ? results : events.map(() => results)
  const { permanent = false, retryAfter = 0, pending = false, timedOut = false } = more
  const error = more.error ?? (each.every(result => result === 'delivered') ? null : 'no')
  const report = { outcome: { results: each, permanent, retryAfter }, error, seconds: 0.5, pending }
  return { report, timedOut }
}

export const delivered = (events: readonly unknown[]) => said(events)
export const failed = (events: readonly unknown[]) => said(events, { results: 'retry' })
export const rejected = (events: readonly unknown[]) => said(events, { results: 'retry', permanent: true })
export const crashed = (): WriteEnd => ({ died: { message: 'its thread ended', reason: 'crash' } })

export type Answer = (events: OutputEvent[], write: number) => WriteEnd | Promise<WriteEnd>

/** A receiver without threads: stores what was written, and answers each write with `answer`. */
export class FakeReceiver {
  /** Starts of the windows of each write, in seconds, and when it arrived. */
  readonly writes: { windows: number[]; at: number }[] = []
  /** Options of each run. */
  readonly begun: Record<string, unknown>[] = []
  closed = 0
  answer: Answer
  /** The error of creating the output; null for none. */
  failure: string | null = null
  /** The streams that it takes. */
  takes: readonly OutputStream[] = ['windows']
  /** Sends a message of the thread of the last run. */
  say: Parameters<BeginRun>[2]['log'] = () => {}
  /** Ends the thread of the last run. */
  die: (failure: Failure) => void = () => {}

  constructor(answer: Answer = delivered) {
    this.answer = answer
  }

  readonly begin: BeginRun = async ({ spec }, _, { log }) => {
    this.begun.push(spec.options)
    this.say = log
    if (this.failure !== null) throw new Error(this.failure)
    const ended = Promise.withResolvers<Failure>()
    this.die = ended.resolve
    const gone = ended.promise.then((died): WriteEnd => ({ died }))
    return {
      takes: new Set(this.takes),
      metrics: [],
      batch: Number.POSITIVE_INFINITY,
      ended: ended.promise,
      write: async texts => {
        const events = texts.map(text => JSON.parse(text) as WindowEvent)
        this.writes.push({ windows: events.map(({ start }) => start / 1000), at: Date.now() })
        const write = this.writes.length - 1
        // In this order, as a thread that has ended answers nothing.
        const end = await Promise.race([gone, this.answer(events, write)])
        if ('died' in end) ended.resolve(end.died)
        return end
      },
      close: async () => {
        this.closed++
        ended.resolve({ message: 'its thread ended', reason: 'crash' })
      },
    }
  }

  /** The written windows, write by write. */
  get windows(): number[][] {
    return this.writes.map(({ windows }) => windows)
  }

  /** Milliseconds between the writes. */
  get waits(): number[] {
    return this.writes.slice(1).map(({ at }, i) => at - (this.writes[i] as { at: number }).at)
  }
}
