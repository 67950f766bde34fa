import type { TopicRule } from 'mood-exporter/plugin'

/** Options for all expressions. */
export interface ExpressionOptions {
  /** Maximum length: 1,024 in a rule of the stream, 512 in a query, with pay-per-use access. */
  maxLength: number
  /** BCP 47 languages; any if empty. */
  languages: readonly string[]
  /** Whether to include retweets. */
  retweets: boolean
  /** Percentage of posts; all if absent. */
  sample?: number | undefined
}

/** A topic that cannot be expressed in X's query language. The message is the reason, without the topic. */
export class TopicRefused extends Error {
  override readonly name = 'TopicRefused'
}

/** X uses its own codes for three languages. */
const X_LANGUAGES: Readonly<Record<string, string>> = { he: 'iw', id: 'in', nb: 'no' }

/**
 * A topic in X's language for rules and queries: one expression, or several if one would be too long, each with some
 * of the keywords of `any`. A post is about the topic if it matches one of them.
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

/** Conditions for all topics. */
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

/** @throws TopicRefused if it is too long */
export function checked(expression: string, maxLength: number): string {
  if (expression.length <= maxLength) return expression
  throw new TopicRefused(
    `needs ${expression.length} characters where X allows ${maxLength}, even with one keyword of \`any\` at a time; shorten \`all\` and \`not\``,
  )
}

/** Operands without quotes: words, and names after `#`, `@` and `$`. */
const WORD = /^[\p{L}\p{N}\p{M}_]+$/u
const NAME = /^[#@$][\p{L}\p{N}\p{M}_]+$/u
const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f)+$/u

/** Operators within a rule. */
const OPERATOR = /^(?:AND|OR|NOT)$/i

/**
 * A keyword or phrase as alternative operands of X's language: the phrase, and the hashtag of its joined words, as
 * topics match both.
 *
 * X splits texts into words at punctuation, so a phrase in quotes matches whatever is between its words. Quotes and
 * backslashes within a keyword would end it, and are replaced by spaces.
 */
function operandsOf(keyword: string): string[] {
  const text = keyword
    .replace(/["“”„\\]/g, ' ')
    .trim()
    .replace(/\s+/g, ' ')
  if (NAME.test(text) || EMOJI.test(text) || (WORD.test(text) && !OPERATOR.test(text))) return [text]
  const joined = text.replace(/[\s_-]+/g, '')
  const isPhrase = /\s/.test(text) && WORD.test(joined) && /\p{L}/u.test(joined)
  return [`"${text}"`, ...(isPhrase ? [`#${joined}`] : [])]
}
