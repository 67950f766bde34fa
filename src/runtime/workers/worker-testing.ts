import type { Rejection } from '../../pipeline/job.ts'
import { ThreadActivity } from '../../pipeline/thread-activity.ts'
import type { Framing } from '../../plugin/records/framing.ts'
import type { TrackedBatch } from '../batch.ts'
import type { ClampedLimit, DeclaredMetrics, FromWorker, ToWorker } from '../threads/messages.ts'
import type { EndReason, PooledWorker, WorkerEvents } from './worker-handle.ts'

/** A worker without a thread, controlled by a test. */
export class FakeWorker implements PooledWorker {
  readonly activity = new ThreadActivity()
  readonly held = new Map<number, TrackedBatch>()
  unmapped = 0
  headers: boolean[] = []
  stride = 1
  metrics: DeclaredMetrics[] = []
  clamped: ClampedLimit[] = []
  framings: Framing[] = []
  isReady = false
  isKilled = false
  /** The messages to it, in order: numbers of batches and their epochs, and the types of other messages. */
  readonly sent: unknown[] = []
  /** The other messages, whole. */
  readonly posted: ToWorker[] = []
  /** The timeout of each check. */
  readonly watched: number[] = []
  /** The grace of each call of `stop`. */
  readonly stopped: number[] = []
  readonly #events: WorkerEvents
  readonly #ready = Promise.withResolvers<void>()

  constructor(events: WorkerEvents) {
    this.#events = events
    this.#ready.promise.catch(() => {})
  }

  get ready(): Promise<void> {
    return this.#ready.promise
  }

  /** Its plugins are created, with what they declare. */
  begin(
    made: Partial<Pick<FakeWorker, 'headers' | 'stride' | 'metrics' | 'clamped' | 'framings'>> = {},
  ): void {
    Object.assign(this, made)
    this.isReady = true
    this.#ready.resolve()
  }

  fail(message: string): void {
    this.#ready.reject(new Error(message))
  }

  send(batch: TrackedBatch, epoch: number, place: number): void {
    this.held.set(batch.number, batch)
    this.unmapped++
    this.sent.push({ number: batch.number, epoch, place })
  }

  cut(): void {
    this.post({ type: 'cut' })
  }

  post(message: ToWorker): void {
    this.sent.push(message.type)
    this.posted.push(message)
  }

  deliver(numbers: readonly number[]): TrackedBatch[] {
    const delivered = numbers.flatMap(number => this.held.get(number) ?? [])
    for (const { number } of delivered) this.held.delete(number)
    return delivered
  }

  watch(timeout: number): boolean {
    this.watched.push(timeout)
    return this.unmapped > 0
  }

  kill(): void {
    this.isKilled = true
  }

  async stop(graceMs: number): Promise<void> {
    this.stopped.push(graceMs)
  }

  /** It sends a message. */
  say(message: FromWorker): void {
    if (message.type === 'done') this.unmapped--
    this.#events.message(this, message)
  }

  /** It has mapped a batch. */
  map(number: number, rejections: Rejection[] | null = null, ms = 10): void {
    this.say({ type: 'done', number, rejections, ms })
  }

  /** Its thread has ended. */
  end(reason: EndReason = 'crash'): void {
    this.#events.ended(this, reason)
  }
}
