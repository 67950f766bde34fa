/** What a Date can be at most, in milliseconds either side of 1970. */
const LATEST_MS = 8.64e15

const OPTIONAL_TEXTS = ['id', 'lang', 'author', 'url'] as const

/** What keeps a value from being a post: which property was expected to be what. Null for a post. */
export function faultOfPost(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return `expected a post, got ${kindOf(value)}`
  const post = value as Record<string, unknown>
  if (typeof post.text !== 'string') return `expected \`text\` to be a string, got ${kindOf(post.text)}`
  const { createdAt, topics } = post
  if (!(typeof createdAt === 'number' && Math.abs(createdAt) <= LATEST_MS))
    return `expected \`createdAt\` to be Unix milliseconds, got ${typeof createdAt === 'number' ? createdAt : kindOf(createdAt)}`
  for (const key of OPTIONAL_TEXTS) {
    const text = post[key]
    if (text !== undefined && typeof text !== 'string')
      return `expected \`${key}\` to be a string or absent, got ${kindOf(text)}`
  }
  if (topics !== undefined && !Array.isArray(topics))
    return `expected \`topics\` to be an array or absent, got ${kindOf(topics)}`
  return null
}

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
