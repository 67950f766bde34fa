import { defineScorer, type Piece, type Post, type ScorerExtras, z } from 'mood-exporter/plugin'
import { combine, ensureAnswered } from './combine.ts'
import { closeAll, FailureLog, type Member, makeMembers } from './members.ts'

const options = z.strictObject({
  scorers: z
    .array(
      z.union([
        z
          .string()
          .min(1)
          .transform(use => ({ use, weight: 1 })),
        z.looseObject({
          use: z.string().min(1).describe('A scorer, as in `scorers` of the configuration.'),
          weight: z.number().gt(0).max(1e6).default(1).describe('The weight of its score.'),
        }),
      ]),
    )
    .min(1)
    .max(20)
    .describe('The scorers: names, or each with its own options beside `use` and `weight`.'),
})

export default defineScorer({
  name: 'ensemble',
  description: 'Several scorers as one: their weighted mean, and the disagreement between them.',
  errors: {
    ERR_ENSEMBLE_SCORERS:
      'Scorers of the ensemble could not be created. The message says which, by their places in `scorers`, and why.',
  },
  options,
  inner: ({ scorers }) =>
    scorers.map(({ use, weight: _, ...options }, place) => ({ path: ['scorers', place], use, options })),
  async create({ scorers }, context) {
    const members = await makeMembers(scorers, context)
    const failures = new FailureLog(context.log)
    const weights = members.map(({ weight }) => weight)
    const extras: ScorerExtras = {
      emotions: [...new Set(members.flatMap(({ caller }) => [...caller.traits.emotions]))],
      ...(members.some(({ caller }) => caller.traits.explains)
        ? { explain: (post: Post) => explain(members, post, failures) }
        : {}),
      close: async () => void (await closeAll(members)),
    }

    if (members.every(({ caller }) => caller.traits.synchronous))
      return {
        ...extras,
        score(post) {
          const answers = members.map(member => failures.noted(member, member.caller.scoreOne(post)))
          const combined = combine(answers, weights)
          ensureAnswered([combined], [answers])
          return combined
        },
      }

    const batched = members.filter(({ caller }) => !caller.traits.synchronous)
    const least = (key: 'batchSize' | 'concurrency') =>
      Math.min(...batched.map(({ caller }) => caller.traits[key]))
    return {
      ...extras,
      batchSize: least('batchSize'),
      concurrency: least('concurrency'),
      async scoreBatch(posts) {
        const answers = await Promise.all(
          members.map(async member => failures.allNoted(member, await member.caller.score(posts))),
        )
        const combined = posts.map((_, i) =>
          combine(
            answers.map(each => each[i] ?? null),
            weights,
          ),
        )
        ensureAnswered(combined, answers)
        return combined
      },
    }
  },
})

/** The pieces of each scorer's explanation, weighted, with the name of the scorer. */
function explain(members: readonly Member[], post: Post, failures: FailureLog): Piece[] {
  const all = members.reduce((sum, { weight }) => sum + weight, 0)
  return members.flatMap(member => {
    const { use, weight, caller } = member
    const explained = caller.explain(post)
    if (explained && 'error' in explained) failures.add(member, explained.error)
    const pieces = explained && 'pieces' in explained ? explained.pieces : []
    return pieces.map(piece => ({
      ...piece,
      weight: (piece.weight * weight) / all,
      why: piece.why === undefined ? use : `${use}: ${piece.why}`,
    }))
  })
}
