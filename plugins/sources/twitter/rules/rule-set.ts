import { isObject, type JsonObject } from 'mood-exporter/plugin'
import { ApiResponseError } from 'twitter-api-v2'
import type { Api } from '../api.ts'
import { problemText } from '../failure.ts'
import { diffRules, type Rule, type RuleDiff, tagOf, topicsIn } from './diff.ts'
import type { RefusedTopic, Wanted, WantedRule } from './wanted.ts'

/** How many rules are added with one request. */
const AT_ONCE = 100

/** Titles of the problem that an app has too many rules. */
const CAP = /RulesCapExceeded|rule-cap/

/** The result of adding rules. */
interface Added {
  created: Rule[]
  refused: RefusedTopic[]
  /** Rules of others with the same expression. */
  shared: { id: string; topics: readonly string[] }[]
  /** Rules beyond the maximum. */
  capped: WantedRule[]
}

/** The changes, and the resulting rules. */
export interface Applied {
  added: readonly Rule[]
  removed: readonly Rule[]
  /** Our rules. */
  rules: readonly Rule[]
  /** Topics that are not requested, including those that cannot be expressed. */
  refused: readonly RefusedTopic[]
  /** Whether X has no rule of ours, nor one of others that we use: then it opens no stream. */
  isEmpty: boolean
}

/**
 * The rules of an app. Those whose tags begin with our name are ours; others are never changed. Every call rejects
 * with a Disconnect.
 *
 * @see https://docs.x.com/x-api/posts/filtered-stream/integrate/build-a-rule
 */
export class RuleSet {
  readonly #api: Api
  readonly #owner: string
  /** Topics of rules of others that we use. */
  readonly #shared = new Map<string, readonly string[]>()

  /** @param owner the prefix of the tags of our rules */
  constructor(api: Api, owner: string) {
    this.#api = api
    this.#owner = owner
  }

  /** All rules of the app, including those of others. */
  async list(): Promise<Rule[]> {
    const rules: Rule[] = []
    let token: string | undefined
    do {
      const answer: JsonObject = await this.#api.get(
        'rules',
        token === undefined ? {} : { pagination_token: token },
      )
      rules.push(...rulesIn(answer))
      token = nextToken(answer)
    } while (token !== undefined)
    return rules
  }

  async diff({ rules }: Wanted): Promise<RuleDiff> {
    return diffRules(await this.list(), rules, this.#owner)
  }

  /** Makes our rules the wanted ones. New rules are added first, so that no post is missed that both match. */
  async apply(wanted: Wanted): Promise<Applied> {
    const { add, remove, keep, shared } = await this.diff(wanted)
    // Tags cannot be changed, and an expression exists only once: these must be removed before they can be added.
    const values = new Set(add.map(({ value }) => value))
    const before = remove.filter(({ value }) => values.has(value))
    const after = remove.filter(({ value }) => !values.has(value))
    await this.#remove(before)
    const added = await this.#add(add)
    await this.#remove(after)
    if (added.capped.length > 0 && after.length > 0) {
      const again = await this.#add(added.capped)
      for (const key of ['created', 'refused', 'shared'] as const) added[key].push(...(again[key] as never[]))
      added.capped = again.capped
    }
    this.#shared.clear()
    for (const { rule, topics } of shared) this.#shared.set(rule.id, topics)
    for (const { id, topics } of added.shared) this.#shared.set(id, topics)
    const rules = [...keep, ...added.created]
    return {
      added: added.created,
      removed: remove,
      rules,
      refused: [
        ...wanted.refused,
        ...added.refused,
        ...added.capped.flatMap(rule => refusedTopicsOf(rule, NO_ROOM)),
      ],
      isEmpty: rules.length + this.#shared.size === 0,
    }
  }

  /** Removes all our rules, and returns them. */
  async clear(): Promise<Rule[]> {
    const ours = (await this.list()).filter(({ tag }) => topicsIn(this.#owner, tag) !== undefined)
    await this.#remove(ours)
    return ours
  }

  /** The topics of the rules that a message matched; none for rules of others. */
  topicsOf(matching: unknown): string[] {
    const topics = new Set<string>()
    for (const rule of Array.isArray(matching) ? matching : []) {
      if (!isObject(rule)) continue
      const tag = typeof rule.tag === 'string' ? rule.tag : undefined
      const named = topicsIn(this.#owner, tag) ?? this.#shared.get(String(rule.id)) ?? []
      for (const topic of named) topics.add(topic)
    }
    return [...topics]
  }

  async #remove(rules: readonly Rule[]): Promise<void> {
    for (let from = 0; from < rules.length; from += AT_ONCE) {
      const ids = rules.slice(from, from + AT_ONCE).map(({ id }) => id)
      await this.#api.post('rules', { delete: { ids } })
    }
  }

  async #add(rules: readonly WantedRule[]): Promise<Added> {
    const added: Added = { created: [], refused: [], shared: [], capped: [] }
    for (let from = 0; from < rules.length; from += AT_ONCE) {
      const some = rules.slice(from, from + AT_ONCE)
      if (added.capped.length > 0) added.capped.push(...some)
      else await this.#addSome(some, added)
    }
    return added
  }

  async #addSome(rules: readonly WantedRule[], added: Added): Promise<void> {
    if (rules.length === 0) return
    let answer: JsonObject
    try {
      const add = rules.map(({ value, topics }) => ({ value, tag: tagOf(this.#owner, topics) }))
      answer = await this.#api.post('rules', { add })
    } catch (error) {
      const { cause, message } = error as Error
      const isRejection = cause instanceof ApiResponseError && (cause.code === 400 || cause.code === 422)
      if (!isRejection) throw error
      const data = isObject(cause.data) ? (cause.data as JsonObject) : {}
      if (CAP.test(`${data.title} ${data.type}`)) return this.#addWhatFits(rules, added)
      answer = data
      if (errorsByValue(answer).size === 0) return this.#halve(rules, added, message)
    }
    added.created.push(...rulesIn(answer))
    const created = new Set(rulesIn(answer).map(({ value }) => value))
    const errors = errorsByValue(answer)
    const rest: WantedRule[] = []
    for (const rule of rules) {
      const error = errors.get(rule.value)
      if (created.has(rule.value)) continue
      if (!error) rest.push(rule)
      else if (/DuplicateRule|duplicate-rules/.test(`${error.title} ${error.type}`) && error.id !== undefined)
        added.shared.push({ id: String(error.id), topics: rule.topics })
      else added.refused.push(...refusedTopicsOf(rule, reasonOf(error)))
    }
    // If one rule is invalid, X creates none of the request.
    if (rest.length < rules.length) await this.#addSome(rest, added)
    else await this.#halve(rest, added, 'X did not create it, and does not say why')
  }

  /** Finds the rules that X rejects. */
  async #halve(rules: readonly WantedRule[], added: Added, reason: string): Promise<void> {
    if (rules.length === 1) {
      added.refused.push(...refusedTopicsOf(rules[0] as WantedRule, reason))
      return
    }
    const half = rules.length >> 1
    await this.#addSome(rules.slice(0, half), added)
    await this.#addSome(rules.slice(half), added)
  }

  /** Adds the first of the rules up to the maximum, with few requests. */
  async #addWhatFits(rules: readonly WantedRule[], added: Added): Promise<void> {
    const half = rules.length >> 1
    if (half > 0) await this.#addSome(rules.slice(0, half), added)
    if (half === 0 || added.capped.length > 0) added.capped.push(...rules.slice(half))
    else await this.#addSome(rules.slice(half), added)
  }
}

const NO_ROOM = 'X has no room for more rules of this app'

const refusedTopicsOf = ({ topics, value }: WantedRule, reason: string): RefusedTopic[] =>
  topics.map(topic => ({ topic, reason, value }))

function rulesIn({ data }: JsonObject): Rule[] {
  return (Array.isArray(data) ? data : []).flatMap(rule =>
    isObject(rule) && typeof rule.value === 'string'
      ? [{ id: String(rule.id), value: rule.value, tag: typeof rule.tag === 'string' ? rule.tag : undefined }]
      : [],
  )
}

function errorsByValue({ errors }: JsonObject): Map<string, JsonObject> {
  const byValue = new Map<string, JsonObject>()
  for (const error of Array.isArray(errors) ? errors : [])
    if (isObject(error) && typeof error.value === 'string') byValue.set(error.value, error)
  return byValue
}

function reasonOf(error: JsonObject): string {
  const details = (Array.isArray(error.details) ? error.details : []).filter(
    detail => typeof detail === 'string',
  )
  return details.length > 0 ? details.join('; ') : problemText(error)
}

export function nextToken({ meta }: JsonObject): string | undefined {
  return isObject(meta) && typeof meta.next_token === 'string' ? meta.next_token : undefined
}
