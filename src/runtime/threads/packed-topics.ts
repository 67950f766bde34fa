import type { TopicRule } from '../../plugin/topics.ts'

/** The text of the topics of plans that were made of it. */
const texts = new WeakMap<object, string>()

/**
 * A plan whose topics are text until they are read. The main thread only hands them on: with thousands of topics it
 * would be as long in reading them as scrapes may not wait.
 *
 * @param text the topics as JSON
 */
export function withTopics<Plan extends object>(plan: Plan, text: string): Plan & { topics: TopicRule[] } {
  let topics: TopicRule[] | undefined
  const whole = Object.defineProperty({ ...plan }, 'topics', {
    get: () => {
      topics ??= JSON.parse(text) as TopicRule[]
      return topics
    },
    enumerable: true,
  })
  texts.set(whole, text)
  return whole as Plan & { topics: TopicRule[] }
}

/** What a thread is started with, the topics of its plan as text: each of many thousands of keywords would be copied otherwise. */
export function packed(data: object): object {
  const { plan } = data as { plan?: { topics: readonly TopicRule[] } }
  if (!plan) return data
  const text = texts.get(plan) ?? JSON.stringify(plan.topics)
  const others = Object.keys(plan).filter(key => key !== 'topics') as (keyof typeof plan)[]
  return { ...data, plan: { ...Object.fromEntries(others.map(key => [key, plan[key]])), topics: text } }
}

/** The same as it was. */
export function unpacked<Data>(data: object): Data {
  const { plan } = data as { plan?: { topics: unknown } }
  if (typeof plan?.topics !== 'string') return data as Data
  return { ...data, plan: { ...plan, topics: JSON.parse(plan.topics) } } as Data
}
