import { isObject, type JsonObject } from 'mood-exporter/plugin'

/** The objects to which tweets of a message refer; the message contains them once. */
export class Includes {
  readonly #includes: JsonObject | undefined
  #users: Map<unknown, JsonObject> | undefined
  #tweets: Map<unknown, JsonObject> | undefined

  constructor(includes: unknown) {
    this.#includes = isObject(includes) ? includes : undefined
  }

  user(id: unknown): JsonObject | undefined {
    this.#users ??= byId(this.#includes?.users)
    return this.#users.get(id)
  }

  tweet(id: unknown): JsonObject | undefined {
    this.#tweets ??= byId(this.#includes?.tweets)
    return this.#tweets.get(id)
  }
}

function byId(list: unknown): Map<unknown, JsonObject> {
  const found = new Map<unknown, JsonObject>()
  if (Array.isArray(list)) for (const entry of list) if (isObject(entry)) found.set(entry.id, entry)
  return found
}
