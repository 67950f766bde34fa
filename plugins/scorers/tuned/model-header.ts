import { z } from 'zod'
import { DENSE_FEATURES } from './dense-features.ts'
import { CODES, isSlotCount } from './weights.ts'
import { WIDEST_ROW } from './word-cache.ts'

const figure = z.number()
const count = z.int().min(0)
const scale = z.number().min(0)

/** The longest run of characters, which determines the size of buffers. */
const LONGEST = 6
const longest = z.int().min(1).max(LONGEST)
const run = z
  .object({ scale, shortest: longest, longest })
  .refine(({ shortest, longest }) => shortest <= longest, 'expected shortest to be at most longest')

const slots = z.int().refine(isSlotCount, 'expected a number of slots as weights.ts has it')

/** The JSON header of a model file. */
export const modelHeader = z
  .object({
    /** ISO 639. */
    language: z.string().min(1),
    /** The day of training, such as 2026-01-31. */
    trained: z.string(),
    /** The number of training posts. */
    posts: count,
    features: z.object({
      slots,
      between: slots.optional(),
      words: z.object({ scale }),
      pairs: z.object({ scale, reach: z.int().min(0).max(30), beginning: z.int().min(0).max(8) }),
      characters: run,
      letters: run.optional(),
      reversal: z.number().min(0).max(2),
    }),
    /**
     * Two weights for each code of a slot: towards negative and towards positive, against neutral. The first two are
     * 0.
     */
    codes: z
      .array(figure)
      .length(2 * CODES)
      .refine(([negative, positive]) => negative === 0 && positive === 0, 'expected code 0 to add nothing'),
    /** The bias: log odds of negative and of positive against neutral. */
    bias: z.tuple([figure, figure]),
    /** Two weights for each dense feature: towards negative, towards positive. */
    dense: z.array(figure).length(2 * DENSE_FEATURES),
    /** The factor of log odds that calibrates the probabilities. */
    temperature: z.number().positive(),
    /** The number of words in the lexicon, and of words with a known mood. */
    words: count,
    moods: count,
    /** The parts of the pooled network that are not per word: see `PooledParts` in pooled.ts. */
    pooled: z
      .object({
        words: count,
        units: z
          .int()
          .min(8)
          .max(4 * WIDEST_ROW)
          .multipleOf(8),
        weights: z.array(figure),
      })
      .refine(({ units, weights }) => weights.length === 2 * units, 'expected two weights for each unit')
      .optional(),
  })
  .refine(({ features, pooled }) => features.letters === undefined || pooled === undefined, {
    // The record of a cached word has room for only one of the two.
    error: 'expected letters or units, got both',
    path: ['pooled'],
  })

export type ModelHeader = z.infer<typeof modelHeader>
