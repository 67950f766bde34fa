import type { OutputEvent } from '../../plugin/output.ts'

/** The properties of an event that determine its outputs. */
export interface EventKind {
  readonly kind: OutputEvent['kind']
  /** The label of a window. */
  readonly window?: string | undefined
}

/** An event that an output has neither delivered nor given up. */
export interface PendingEvent extends EventKind {
  /** Its id in the outbox. */
  readonly id: number
  /** The start of its age; Unix milliseconds. */
  readonly at: number
  /** The event as JSON, shared with the other outputs that take it. */
  readonly json: string
  readonly bytes: number
  /** Failed writes of it. */
  failures: number
  /** How many of those ended the thread. */
  deaths: number
}

export interface QueueLimits {
  events: number
  bytes: number
}

/** Events waiting to be written, oldest first. If there are too many, the oldest are dropped. */
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

  /** Adds the newest event. Returns the events that were dropped for it. */
  push(event: PendingEvent): PendingEvent[] {
    this.#events.push(event)
    this.#bytes += event.bytes
    return this.#dropOldest()
  }

  /** Adds events older than all others. Returns the dropped events: the oldest of them. */
  pushFront(events: readonly PendingEvent[]): PendingEvent[] {
    this.#events = [...events, ...this.#events]
    this.#bytes += bytesOf(events)
    return this.#dropOldest()
  }

  /** Removes the oldest events: at least one if there is any, up to these numbers of events and bytes. */
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
