import { duration, z } from '../plugin/index.ts'
import { OUTPUT_STREAMS } from '../plugin/output.ts'
import { orList, type PathProblem } from './problem.ts'
import type { Config } from './schema.ts'
import { windowLabel } from './windows.ts'

const aboveZero = (name: string) =>
  duration().refine(ms => ms > 0, { error: `expected a ${name} of more than 0` })

/** The keys of every output, beside `use` and `name`. */
export const outputShape = {
  windows: z
    .array(duration())
    .min(1)
    .optional()
    .describe('Sizes of the windows to deliver, of those in the section `windows`; by default all.'),
  events: z
    .array(z.enum(OUTPUT_STREAMS))
    .min(1)
    .optional()
    .describe('Kinds of events to deliver; by default all that the output takes, posts only with `posts`.'),
  posts: z
    .strictObject({
      per_minute: z
        .int()
        .min(1)
        .max(1000)
        .default(10)
        .describe('How many posts of each topic and sentiment to deliver a minute.'),
      text: z.boolean().default(false).describe('Whether posts come with their text.'),
    })
    .optional()
    .describe('The sample of posts to deliver, if the output takes posts; by default none.'),
  queue: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe(
      'The most events in the queue. Beyond it, or beyond `limits.queue_bytes`, the oldest are dropped.',
    ),
  batch: z.int().min(1).max(10_000).default(100).describe('The maximum of events in one write.'),
  timeout: aboveZero('time-out')
    .prefault('15s')
    .describe('How long one write may take before it counts as failed.'),
  retry: z
    .strictObject({
      initial: aboveZero('wait').prefault('1s').describe('The longest wait before the first retry.'),
      max: aboveZero('wait').prefault('1m').describe('The longest wait before any retry.'),
      give_up: duration()
        .prefault('1d')
        .describe('The age from which an event is dropped when a write of it fails.'),
    })
    .prefault({})
    .describe('Retries of failed writes: each after a random wait, up to a bound that doubles.'),
}

/** Windows that an output names but the configuration does not have. */
export function unknownWindows({ outputs, windows }: Config): PathProblem[] {
  const sizes = windows.map(({ size }) => size)
  return outputs.flatMap(({ windows: wanted = [] }, output) =>
    wanted.flatMap((size, i): PathProblem[] => {
      if (sizes.includes(size)) return []
      const known = sizes.length === 0 ? 'none is configured' : `there is ${orList(sizes.map(windowLabel))}`
      const message = `no window of the section \`windows\` is ${windowLabel(size)} long; ${known}`
      return [{ path: ['outputs', output, 'windows', i], message }]
    }),
  )
}
