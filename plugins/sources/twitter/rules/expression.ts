import type { TopicRule } from 'mood-exporter/plugin'
import { operandsOf } from './operands.ts'

/** What all expressions are made with. */
export interface ExpressionOptions {
  /** Characters that an expression may have: 1,024 in a rule of the stream, 512 in a query, on pay-per-use. */
  maxLength: number
  /** BCP 47 languages; any where there are none. */
  languages: readonly string[]
  /** Whether retweets are wanted. */
  retweets: boolean
  /** Per cent of the posts; all where absent. */
  sample?: number | undefined
}

/** A topic that cannot be expressed in X's language. The message says why; it does not name the topic. */
export class TopicRefused extends Error {
  override readonly name = 'TopicRefused'
}

/** X has names of its own for three languages. */
const X_LANGUAGES: Readonly<Record<string, string>> = { he: 'iw', id: 'in', nb: 'no' }

/**
 * A topic in the language of X's rules and queries: one expression, or several that each take some of the keywords of
 * `any` where one would be too long. A post is about the topic that matches one of them.
 *
 * @throws TopicRefused
 * @see https://docs.x.com/x-api/posts/filtered-stream/integrate/build-a-rule
 */
export function expressionsOf({ any, all, not }: TopicRule, options: ExpressionOptions): string[] {
  const { maxLength } = options
  const alternatives = [...new Set((any ?? []).flatMap(operandsOf))]
  const required = (all ?? []).map(operandsOf).map(group)
  if (alternatives.length === 0 && required.length === 0)
    throw new TopicRefused(
      'X takes no rule for every post, or for all but some; give the topic `any` or `all`, or a rule of its own in `rules`',
    )
  const excluded = (not ?? []).flatMap(operandsOf).map(operand => `-${operand}`)
  const common = [...required, ...excluded, ...conditions(options)]
  if (alternatives.length === 0) return [checked(common.join(' '), maxLength)]

  const expressions: string[] = []
  let some: string[] = []
  const expressionOf = (operands: readonly string[]) => [group(operands), ...common].join(' ')
  for (const operand of alternatives) {
    if (some.length > 0 && expressionOf([...some, operand]).length > maxLength) {
      expressions.push(expressionOf(some))
      some = []
    }
    some.push(operand)
  }
  return [...expressions, expressionOf(some)].map(expression => checked(expression, maxLength))
}

/** What holds for all topics. */
function conditions({ languages, retweets, sample }: ExpressionOptions): string[] {
  const codes = languages.map(language => `lang:${X_LANGUAGES[language] ?? language}`)
  return [
    ...(codes.length > 0 ? [group(codes)] : []),
    ...(retweets ? [] : ['-is:retweet']),
    ...(sample === undefined ? [] : [`sample:${sample}`]),
  ]
}

const group = (operands: readonly string[]) =>
  operands.length === 1 ? (operands[0] as string) : `(${operands.join(' OR ')})`

/** @throws TopicRefused where it is too long */
export function checked(expression: string, maxLength: number): string {
  if (expression.length <= maxLength) return expression
  throw new TopicRefused(
    `needs ${expression.length} characters where X allows ${maxLength}, even with one keyword of \`any\` at a time; shorten \`all\` and \`not\``,
  )
}
