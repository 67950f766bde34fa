import { tagOf, topicsIn } from './tag.ts'
import type { WantedRule } from './wanted.ts'

/** A rule as X has it. */
export interface Rule {
  readonly id: string
  readonly value: string
  readonly tag?: string | undefined
}

/** What makes the rules that X has those that are wanted. */
export interface RuleDiff {
  /** Rules that X does not have yet. */
  readonly add: readonly WantedRule[]
  /** Rules of ours that are no longer wanted, or whose tag is another one: a tag cannot be changed. */
  readonly remove: readonly Rule[]
  /** Rules of ours that stay. */
  readonly keep: readonly Rule[]
  /** Rules of others. They are never touched. */
  readonly foreign: readonly Rule[]
  /** Wanted rules that others have too: X has each expression once, so theirs serves for ours. */
  readonly shared: readonly { readonly rule: Rule; readonly topics: readonly string[] }[]
}

/** @param owner what the tags of our rules begin with */
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
