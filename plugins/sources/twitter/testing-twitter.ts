import { defineSource, type Position, ReconnectPolicy, type TopicRule, type z } from 'mood-exporter/plugin'
import { testSource } from 'mood-exporter/plugin/testing'
import { onTestFinished } from 'vitest'
import twitter, { createTwitter } from './index.ts'
import type { LocalX } from './testing-x.ts'

type Options = z.input<typeof twitter.options>

export const NOVA: TopicRule = { name: 'nova', any: ['nova', 'galaxy s26'] }
export const STAR: TopicRule = { name: 'star', any: ['별', 'star'], not: ['movie'] }

/** The policy of the source, with very short waits. */
export const quick = () => new ReconnectPolicy({ initial: 10, max: 20, maxWait: 20, healthyAfter: 60_000 })

export interface Where {
  topics?: readonly TopicRule[]
  position?: Position
  store?: Awaited<ReturnType<typeof testSource>>['store']
  policy?: () => ReconnectPolicy
  maxRecordBytes?: number
}

/** The source, run against a local X until the test has finished. */
export async function running(
  x: LocalX,
  options: Partial<Options> = {},
  { topics = [NOVA, STAR], policy = quick, ...where }: Where = {},
) {
  const definition = defineSource({
    ...twitter,
    create: (parsed: z.output<typeof twitter.options>, context) => createTwitter(parsed, context, policy),
  })
  const running = await testSource(
    definition,
    {
      bearer_token: 'token',
      url: x.url,
      budget: { posts_per_day: 100_000 },
      usage: false,
      fill_gaps: false,
      ...options,
    } as never,
    { topics, ...where },
  )
  onTestFinished(() => running.stop())
  return running
}

type Running = Awaited<ReturnType<typeof running>>

/** The text and topics of each record so far. */
export const posts = ({ emitter }: Pick<Running, 'emitter'>) =>
  emitter.texts.map(record => {
    const { data, matching_rules } = JSON.parse(record)
    return [data.text, ...matching_rules.map(({ tag }: { tag: string }) => tag)]
  })

/** Resolves when the stream is open, from X's point of view. */
export const connected = (x: LocalX, { emitter }: Pick<Running, 'emitter'>, ups = 1) =>
  Promise.all([x.until(({ connections }) => connections === 1), emitter.until(emitter => emitter.ups >= ups)])
