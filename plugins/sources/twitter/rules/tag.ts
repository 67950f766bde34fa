/** Separators. Names of topics contain neither: they are letters, digits, spaces, "_", "." and "-". */
const AFTER_OWNER = ':'
const BETWEEN_TOPICS = ','

/** The tag of a rule: its owner and topics. */
export const tagOf = (owner: string, topics: readonly string[]): string =>
  `${owner}${AFTER_OWNER}${topics.join(BETWEEN_TOPICS)}`

/** The topics in the tag of a rule of this owner; undefined for a rule of others. */
export function topicsIn(owner: string, tag: string | undefined): string[] | undefined {
  const start = `${owner}${AFTER_OWNER}`
  return tag?.startsWith(start) ? tag.slice(start.length).split(BETWEEN_TOPICS) : undefined
}
