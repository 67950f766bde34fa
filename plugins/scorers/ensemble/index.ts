import { defineScorer, type Piece, type Post, type ScorerExtras, z } from 'mood-exporter/plugin'
import { combine, ensureAnswered } from './combine.ts'
import { closeAll, type Member, makeMembers, Panel } from './members.ts'

const options = z.strictObject({
  scorers: z
    .array(
      z.looseObject({
        use: z.string().min(1).describe('A scorer, as in `scorers` of the configuration.'),
        weight: z.number().gt(0).max(1e6).default(1).describe('How much its score counts beside the others.'),
      }),
    )
    .min(1)
    .max(20)
    .describe('The scorers, each with its own options beside `use` and `weight`.'),
})

export default defineScorer({
  name: 'ensemble',
  description: 'Several scorers as one: their weighted mean, and how far they part.',
  options,
  async create({ scorers }, context) {
    const members = await makeMembers(scorers, context)
    const panel = new Panel(context.log)
    const weights = members.map(({ weight }) => weight)
    const extras: ScorerExtras = {
      emotions: [...new Set(members.flatMap(({ scorer }) => scorer.emotions ?? []))],
      ...(members.some(({ scorer }) => scorer.explain)
        ? { explain: (post: Post) => explain(members, post) }
        : {}),
      close: async () => void (await closeAll(members)),
    }

    const atOnce = members.flatMap(member => {
      const { scorer } = member
      return 'score' in scorer ? [{ member, score: (post: Post) => scorer.score(post) }] : []
    })
    if (atOnce.length === members.length)
      return {
        ...extras,
        score(post) {
          const answers = atOnce.map(({ member, score }) => panel.answer(member, () => score(post)))
          const verdict = combine(answers, weights)
          ensureAnswered([verdict], [answers])
          return verdict
        },
      }

    const least = (key: 'batchSize' | 'concurrency', usual: number) =>
      Math.min(...members.flatMap(({ scorer }) => ('score' in scorer ? [] : (scorer[key] ?? usual))))
    return {
      ...extras,
      batchSize: least('batchSize', 32),
      concurrency: least('concurrency', 1),
      async scoreBatch(posts) {
        const answers = await Promise.all(members.map(member => panel.answers(member, posts)))
        const verdicts = posts.map((_, i) =>
          combine(
            answers.map(each => each[i]),
            weights,
          ),
        )
        ensureAnswered(verdicts, answers)
        return verdicts
      },
    }
  },
})

/** The pieces that each scorer names, as much as it counts, and whose they are. */
function explain(members: readonly Member[], post: Post): Piece[] {
  const all = members.reduce((sum, { weight }) => sum + weight, 0)
  return members.flatMap(({ use, weight, scorer }) =>
    (scorer.explain?.(post) ?? []).map(piece => ({
      ...piece,
      weight: (piece.weight * weight) / all,
      why: piece.why === undefined ? use : `${use}: ${piece.why}`,
    })),
  )
}
