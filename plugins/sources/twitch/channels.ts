import type { TopicRule } from 'mood-exporter/plugin'

/** Twitch lets a client join 20 channels in 10 seconds: more than this would take too long. */
export const MOST_CHANNELS = 100

export const CHANNEL = /^\w{1,25}$/

/** The channels of topics: each topic with its own @name among its keywords, as in `monstercat: ["@monstercat"]`. */
export const channelsOf = (topics: readonly TopicRule[]): string[] =>
  topics
    .filter(({ name, any = [] }) => CHANNEL.test(name) && any.some(keyword => isNamed(keyword, name)))
    .map(({ name }) => name.toLowerCase())

const isNamed = (keyword: string, name: string) => keyword.toLowerCase() === `@${name.toLowerCase()}`

/** The wanted channels, whose changes a connection follows. */
export class Channels {
  #wanted: ReadonlySet<string>
  #follow: (wanted: ReadonlySet<string>) => void = () => {}

  constructor(wanted: readonly string[]) {
    this.#wanted = new Set(wanted.slice(0, MOST_CHANNELS))
  }

  set(wanted: readonly string[]): void {
    this.#wanted = new Set(wanted.slice(0, MOST_CHANNELS))
    this.#follow(this.#wanted)
  }

  /** Passes changes to one connection instead of the previous one. Returns the wanted channels. */
  follow(follow: (wanted: ReadonlySet<string>) => void): ReadonlySet<string> {
    this.#follow = follow
    return this.#wanted
  }
}
