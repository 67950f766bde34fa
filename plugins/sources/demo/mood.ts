import { Random } from './random.ts'

export type Polarity = 'positive' | 'neutral' | 'negative'

/** The share of each polarity among the posts of a topic; they add up to 1. */
export type Mood = Readonly<Record<Polarity, number>>

/** Share of negative posts that an incident adds. */
const INCIDENT_NEGATIVE = 0.35

const SLOW_SECONDS = 90
const FAST_SECONDS = 20

/**
 * The mood of a topic at a moment of the stream. It resembles a random walk, but is computed from the moment alone
 * (value noise of two octaves), so that any moment can be computed and it always returns to the mean.
 */
export function moodAt(seed: number, topic: number, seconds: number, incident: boolean): Mood {
  const drift =
    0.7 * noise(seed, topic * 2, seconds / SLOW_SECONDS) +
    0.3 * noise(seed, topic * 2 + 1, seconds / FAST_SECONDS)
  const calm = 0.25 - 0.12 * drift
  const negative = incident ? calm + INCIDENT_NEGATIVE : calm
  const positive = ((0.5 + 0.15 * drift) * (1 - negative)) / (1 - calm)
  return { negative, positive, neutral: 1 - negative - positive }
}

/** A smooth curve between -1 and 1 through a random value at each whole number. */
function noise(seed: number, stream: number, x: number): number {
  const knot = Math.floor(x)
  const part = x - knot
  const blend = part * part * (3 - 2 * part)
  return (1 - blend) * valueAt(seed, stream, knot) + blend * valueAt(seed, stream, knot + 1)
}

const MOOD_STREAM = 1000

function valueAt(seed: number, stream: number, knot: number): number {
  return new Random(seed, MOOD_STREAM + stream, knot).next() * 2 - 1
}
