import type { TopicRule } from '../../plugin/topics.ts'

/** The JSON text of each configuration's topics. */
const texts = new WeakMap<object, string>()

/**
 * A worker configuration whose topics stay text until they are read. The main thread only passes them on: parsing
 * thousands of topics would delay scrapes.
 *
 * @param text the topics as JSON
 */
export function withTopics<Config extends object>(
  workerConfig: Config,
  text: string,
): Config & { topics: TopicRule[] } {
  let topics: TopicRule[] | undefined
  const whole = Object.defineProperty({ ...workerConfig }, 'topics', {
    get: () => {
      topics ??= JSON.parse(text) as TopicRule[]
      return topics
    },
    enumerable: true,
  })
  texts.set(whole, text)
  return whole as Config & { topics: TopicRule[] }
}

/** The start data of a thread with the topics as text: cloning many thousands of keywords is slow. */
export function packed(data: object): object {
  const { workerConfig } = data as { workerConfig?: { topics: readonly TopicRule[] } }
  if (!workerConfig) return data
  const text = texts.get(workerConfig) ?? JSON.stringify(workerConfig.topics)
  const others = Object.keys(workerConfig).filter(key => key !== 'topics') as (keyof typeof workerConfig)[]
  return {
    ...data,
    workerConfig: { ...Object.fromEntries(others.map(key => [key, workerConfig[key]])), topics: text },
  }
}

/** Reverses {@link packed}. */
export function unpacked<Data>(data: object): Data {
  const { workerConfig } = data as { workerConfig?: { topics: unknown } }
  if (typeof workerConfig?.topics !== 'string') return data as Data
  return { ...data, workerConfig: { ...workerConfig, topics: JSON.parse(workerConfig.topics) } } as Data
}
