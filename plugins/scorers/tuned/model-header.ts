import { z } from 'zod'
import { DENSE_FEATURES } from './dense-features.ts'
import { WIDEST_ROW } from './remembered.ts'
import { CODES, isSlotCount } from './weights.ts'

const figure = z.number()
const count = z.int().min(0)
const scale = z.number().min(0)

/** The longest run: the buffers that a word's runs are read into are made for it. */
const LONGEST = 6
const longest = z.int().min(1).max(LONGEST)
const run = z
  .object({ scale, shortest: longest, longest })
  .refine(({ shortest, longest }) => shortest <= longest, 'expected shortest to be at most longest')

const slots = z.int().refine(isSlotCount, 'expected a number of slots as weights.ts has it')

/** What a model file says of itself, as JSON. */
export const modelHeader = z
  .object({
    /** ISO 639. */
    language: z.string().min(1),
    /** The day, as 2026-01-31. */
    trained: z.string(),
    /** How many posts it was trained on. */
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
    /** Two weights for each code of a slot: towards negative, towards positive, against neutral. The first two are 0. */
    codes: z
      .array(figure)
      .length(2 * CODES)
      .refine(([negative, positive]) => negative === 0 && positive === 0, 'expected code 0 to add nothing'),
    /** Log odds of negative and of positive against neutral where a text says nothing. */
    bias: z.tuple([figure, figure]),
    /** Weights of the dense features, two for each: towards negative, towards positive. */
    cues: z.array(figure).length(2 * DENSE_FEATURES),
    /** What log odds are multiplied by so that probabilities come true as often as they say. */
    temperature: z.number().positive(),
    /** How many words the lexicon has, and how many words are known to have a mood. */
    words: count,
    moods: count,
    /** What the pooled part has beside its words: see `PooledParts` of pooled.ts. */
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
    // A remembered word has room for one of the two.
    error: 'expected letters or units, got both',
    path: ['pooled'],
  })

export type ModelHeader = z.infer<typeof modelHeader>
