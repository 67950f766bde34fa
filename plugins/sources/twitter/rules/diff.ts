import type { WantedRule } from './wanted.ts'

/** A rule in X's form. */
export interface Rule {
  readonly id: string
  readonly value: string
  readonly tag?: string | undefined
}

/** The changes that turn X's rules into the wanted ones. */
export interface RuleDiff {
  /** Rules that X does not have yet. */
  readonly add: readonly WantedRule[]
  /** Our rules that are no longer wanted, or have another tag: tags cannot be changed. */
  readonly remove: readonly Rule[]
  /** Our rules that stay. */
  readonly keep: readonly Rule[]
  /** Rules of others, which are never changed. */
  readonly foreign: readonly Rule[]
  /** Wanted rules that others already have: X stores each expression once, so theirs are used. */
  readonly shared: readonly { readonly rule: Rule; readonly topics: readonly string[] }[]
}

/** @param owner the prefix of the tags of our rules */
export function diffRules(present: readonly Rule[], wanted: readonly WantedRule[], owner: string): RuleDiff {
  const ours = present.filter(({ tag }) => topicsIn(owner, tag) !== undefined)
  const foreign = present.filter(({ tag }) => topicsIn(owner, tag) === undefined)
  const tags = new Map(wanted.map(({ value, topics }) => [value, tagOf(owner, topics)]))
  const keep = ours.filter(({ value, tag }) => tags.get(value) === tag)
  const kept = new Set(keep.map(({ value }) => value))
  const theirs = new Map(foreign.map(rule => [rule.value, rule]))
  return {
    add: wanted.filter(({ value }) => !kept.has(value) && !theirs.has(value)),
    remove: ours.filter(({ value, tag }) => tags.get(value) !== tag),
    keep,
    foreign,
    shared: wanted.flatMap(({ value, topics }) => {
      const rule = theirs.get(value)
      return rule ? [{ rule, topics }] : []
    }),
  }
}

export const isEmpty = ({ add, remove }: RuleDiff): boolean => add.length === 0 && remove.length === 0

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
