/**
 * X's language for rules and queries, as far as the source uses it, for the tests' local X: words, phrases, `#`, `@`
 * and `$`, `lang:`, `is:retweet`, `has:`, `sample:`, AND by a space, OR, negation and groups.
 *
 * Sources: docs.x.com/x-api/posts/filtered-stream/integrate/build-a-rule (AND binds closer than OR, no group is negated,
 * no expression of negations alone, conditions need a standalone operator beside them) and …/operators (tokenized match
 * of words; a phrase is exact; hashtags and mentions match whole).
 */

/** What an expression is matched with. */
export interface QueriedTweet {
  text: string
  lang?: string
  isRetweet?: boolean
}

export type Matcher = (tweet: QueriedTweet) => boolean

/** An expression that X rejects. */
export class InvalidQuery extends Error {}

interface Node {
  matches: Matcher
  /** Whether it may be the only operator: it is a standalone operator, and not negated. */
  standalone: boolean
}

const TOKEN = /\s*(\(|\)|-?"[^"]*"|-?[^\s()"]+)/y
const CONDITION = /^(?:lang|is|has|sample):(.+)$/

/** @throws InvalidQuery */
export function parseQuery(query: string): Matcher {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  const end = query.trimEnd().length
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex
    const token = TOKEN.exec(query)?.[1]
    if (token === undefined) throw new InvalidQuery(`no viable alternative at character ${from}`)
    tokens.push(token)
  }
  let at = 0
  const alternatives = (): Node => {
    const nodes = [conjunction()]
    while (tokens[at] === 'OR') {
      at++
      nodes.push(conjunction())
    }
    return {
      matches: tweet => nodes.some(({ matches }) => matches(tweet)),
      standalone: nodes.every(({ standalone }) => standalone),
    }
  }
  const conjunction = (): Node => {
    const nodes: Node[] = []
    while (at < tokens.length && tokens[at] !== ')' && tokens[at] !== 'OR') nodes.push(term())
    if (nodes.length === 0) throw new InvalidQuery(`no viable alternative at token ${at}`)
    return {
      matches: tweet => nodes.every(({ matches }) => matches(tweet)),
      standalone: nodes.some(({ standalone }) => standalone),
    }
  }
  const term = (): Node => {
    const token = tokens[at++] as string
    if (token === '(') {
      const inner = alternatives()
      if (tokens[at++] !== ')') throw new InvalidQuery("missing ')'")
      return inner
    }
    if (token === '-') throw new InvalidQuery('a group cannot be negated')
    return token.startsWith('-') ? negated(operand(token.slice(1))) : operand(token)
  }
  const whole = alternatives()
  if (at < tokens.length) throw new InvalidQuery(`extraneous input '${tokens[at]}'`)
  if (!whole.standalone)
    throw new InvalidQuery('Rules must contain at least one positive, standalone operator')
  return whole.matches
}

const negated = ({ matches }: Node): Node => ({ matches: tweet => !matches(tweet), standalone: false })

function operand(token: string): Node {
  const condition = CONDITION.exec(token)
  if (condition) return { matches: conditionOf(token), standalone: false }
  if (token.includes(':') && !token.startsWith('"'))
    throw new InvalidQuery(`Reference to invalid operator '${token.split(':')[0]}'`)
  const wanted = wordsIn(token)
  if (/^[#@$]/.test(token))
    return { matches: ({ text }) => namesIn(text).includes(token.toLowerCase()), standalone: true }
  if (wanted.length === 0) return { matches: ({ text }) => text.includes(token), standalone: true }
  return { matches: ({ text }) => holds(wordsIn(text), wanted), standalone: true }
}

function conditionOf(token: string): Matcher {
  const [name, value] = token.split(':')
  if (name === 'lang') return ({ lang }) => lang === value
  if (name === 'is' && value === 'retweet') return ({ isRetweet }) => isRetweet === true
  if (name === 'sample' && Number(value) >= 1 && Number(value) <= 100) return () => true
  if (name === 'has') return ({ text }) => text.includes('https://')
  throw new InvalidQuery(`Reference to invalid field '${token}'`)
}

const wordsIn = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}\p{M}_]+/gu) ?? []
const namesIn = (text: string): string[] => text.toLowerCase().match(/[#@$][\p{L}\p{N}\p{M}_]+/gu) ?? []

const holds = (words: readonly string[], wanted: readonly string[]) =>
  words.some((_, at) => wanted.every((word, i) => words[at + i] === word))
