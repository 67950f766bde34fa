import type { TopicRule } from '../../plugin/topics.ts'

interface WithTopics {
  topics?: readonly TopicRule[]
  plan?: { topics: readonly TopicRule[] }
}

const texts = new WeakMap<readonly TopicRule[], string>()

function textOf(topics: readonly TopicRule[]): string {
  const known = texts.get(topics)
  if (known !== undefined) return known
  const text = JSON.stringify(topics)
  texts.set(topics, text)
  return text
}

/** What a thread is started with, its topics as text: of many thousands of keywords, each is else copied for itself. */
export function packed(data: object): object {
  const { topics, plan } = data as WithTopics
  if (topics) return { ...data, topics: textOf(topics) }
  return plan ? { ...data, plan: { ...plan, topics: textOf(plan.topics) } } : data
}

/** The same as it was. */
export function unpacked<Data>(data: object): Data {
  const { topics, plan } = data as { topics?: unknown; plan?: { topics: unknown } }
  if (typeof topics === 'string') return { ...data, topics: JSON.parse(topics) } as Data
  if (typeof plan?.topics === 'string')
    return { ...data, plan: { ...plan, topics: JSON.parse(plan.topics) } } as Data
  return data as Data
}
