import type { OutputEvent } from '../../plugin/output.ts'

/** What of an event says which outputs it is for. */
export interface EventKind {
  readonly kind: OutputEvent['kind']
  /** The label of a window. */
  readonly window?: string | undefined
}

/** An event that an output is not done with. */
export interface PendingEvent extends EventKind {
  /** As the outbox knows it. */
  readonly id: number
  /** From when its age counts; Unix milliseconds. */
  readonly at: number
  /** The event as JSON, shared with the other outputs that take it. */
  readonly json: string
  readonly bytes: number
  /** Writes of it that failed. */
  failures: number
  /** Of those, how many ended the thread. */
  deaths: number
}

export interface QueueLimits {
  events: number
  bytes: number
}

/** Events that wait to be written, the oldest first. With more than may wait, the oldest are dropped. */
export class EventQueue {
  readonly #limits: QueueLimits
  #events: PendingEvent[] = []
  #bytes = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  get events(): number {
    return this.#events.length
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Adds the newest event. Returns what was dropped for it. */
  push(event: PendingEvent): PendingEvent[] {
    this.#events.push(event)
    this.#bytes += event.bytes
    return this.#dropOldest()
  }

  /** Adds events that are older than all that wait. Returns what was dropped: the oldest of them. */
  pushFront(events: readonly PendingEvent[]): PendingEvent[] {
    this.#events = [...events, ...this.#events]
    this.#bytes += bytesOf(events)
    return this.#dropOldest()
  }

  /** Takes out the oldest events: at least one if there is any, up to these numbers of events and bytes. */
  take(most: QueueLimits): PendingEvent[] {
    let bytes = 0
    const isOver = ({ bytes: size }: PendingEvent, i: number) => {
      bytes += size
      return i > 0 && (i >= most.events || bytes > most.bytes)
    }
    const end = this.#events.findIndex(isOver)
    return this.#takeOut(end < 0 ? this.#events.length : end)
  }

  /** One event may always wait, however large it is. */
  #dropOldest(): PendingEvent[] {
    let excess = 0
    let events = this.#events.length
    let bytes = this.#bytes
    while (events > 1 && (events > this.#limits.events || bytes > this.#limits.bytes)) {
      bytes -= (this.#events[excess++] as PendingEvent).bytes
      events--
    }
    return this.#takeOut(excess)
  }

  #takeOut(events: number): PendingEvent[] {
    if (events === 0) return []
    const taken = this.#events.splice(0, events)
    this.#bytes -= bytesOf(taken)
    return taken
  }
}

const bytesOf = (events: readonly PendingEvent[]): number => events.reduce((sum, { bytes }) => sum + bytes, 0)
