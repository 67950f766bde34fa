import { Random } from './random.ts'

/** The length of a tick: the posts that are due in it are emitted together. */
export const TICK_SECONDS = 0.05

/** Additional posts of an incident, as a share of the usual rate. All are about its topic. */
export const INCIDENT_EXTRA = 0.12

const WAVE_SECONDS = 120
const WAVE_HEIGHT = 0.15
const INCIDENT_STREAM = 2000

export interface ScheduleOptions {
  seed: number
  /** Posts a second, on average and without incidents. */
  rate: number
  /** The number of topics that an incident may affect. */
  topics: number
  /** Seconds from one incident to the next, and until the first; Infinity for none. */
  incidentEvery: number
  /** Seconds, shorter than `incidentEvery`. */
  incidentLength: number
}

/** Computes when posts are due and when incidents happen, in seconds of stream time, without a clock. */
export class Schedule {
  readonly #options: ScheduleOptions

  constructor(options: ScheduleOptions) {
    this.#options = options
  }

  /** How many posts are due in a tick. Their sum has no rounding errors, however long the stream is. */
  postsIn(tick: number): number {
    return this.#postsBefore(tick + 1) - this.#postsBefore(tick)
  }

  /** The number of the topic with an incident at this moment, or undefined. */
  incidentAt(seconds: number): number | undefined {
    const { seed, topics, incidentEvery, incidentLength } = this.#options
    const incident = Math.floor(seconds / incidentEvery)
    if (incident < 1 || seconds - incident * incidentEvery >= incidentLength) return undefined
    return new Random(seed, INCIDENT_STREAM, incident).int(topics)
  }

  #postsBefore(tick: number): number {
    const seconds = tick * TICK_SECONDS
    const { rate } = this.#options
    // The integral of the volume 1 + height * sin.
    const turn = (2 * Math.PI) / WAVE_SECONDS
    const wave = (WAVE_HEIGHT / turn) * (1 - Math.cos(turn * seconds))
    return Math.floor(rate * (seconds + wave + INCIDENT_EXTRA * this.#incidentSecondsBefore(seconds)))
  }

  #incidentSecondsBefore(seconds: number): number {
    const { incidentEvery, incidentLength } = this.#options
    const incident = Math.floor(seconds / incidentEvery)
    if (incident < 1) return 0
    return (incident - 1) * incidentLength + Math.min(incidentLength, seconds - incident * incidentEvery)
  }
}
