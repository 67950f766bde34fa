import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'yaml'
import { startExporter } from '../stack/exporter.ts'
import { startPrometheus } from '../stack/prometheus.ts'
import { missing, program } from '../stack/tools.ts'
import { serveRankings } from './rankings.ts'

const RULES = 'prometheus/rules'
const DEMO = 'plugins/sources/demo/example.yml'

/** The configuration for *Trends*: the terms of a ranking as a topic, and the posts with each term. */
const TRENDING = { trending: { from: 'signal' } }
const EXTRACTORS = ['hashtags', 'mentions', 'emoji', 'trends'].map(use => ({ use }))

export interface StackOptions {
  /** Options for the demo that replace the default ones, such as how often it has an incident. */
  demo: Readonly<Record<string, unknown>>
  /** Whether it also reads a ranking, whose terms are an additional topic. */
  rankings: boolean
  /** How long the stack runs before anything is drawn, in milliseconds. */
  warmUp: number
  /** Ends that wait and the started processes. */
  signal: AbortSignal
}

/**
 * Starts the exporter on the demo, optionally with a ranking, and a Prometheus that scrapes it and evaluates the shipped
 * rules, both on free ports; resolves once they have run for a while. No notification is sent.
 * @throws Error if there is no Prometheus on this machine
 */
export async function startStack(root: string, { demo, rankings, warmUp, signal }: StackOptions) {
  const binary = program('prometheus')
  if (!binary) throw new Error(`${missing('prometheus')}; or name a running one with --prometheus URL`)
  const { sources, topics, ...config } = parse(await readFile(join(root, DEMO), 'utf8'))
  await using stack = new AsyncDisposableStack()
  const own = { ...config, sources: sources.map((source: object) => ({ ...source, ...demo })), topics }
  const ranked = (source: object) => ({
    ...own,
    sources: [...own.sources, source],
    topics: { ...topics, ...TRENDING },
    extractors: EXTRACTORS,
  })
  const exporter = stack.use(
    await startExporter(rankings ? ranked(stack.use(await serveRankings()).source) : own),
  )
  const rules = (await readdir(join(root, RULES))).map(name => join(root, RULES, name))
  const target = new URL(exporter.url).host
  const prometheus = stack.use(await startPrometheus(binary, [target], { job: 'mood-exporter', rules }))
  console.log(`exporter ${exporter.url}, Prometheus ${prometheus.url}`)
  console.log(`waiting ${Math.round(warmUp / 1000)} s for something to see …`)
  await sleep(warmUp, undefined, { signal })
  const running = stack.move()
  return { url: prometheus.url, [Symbol.asyncDispose]: () => running.disposeAsync() }
}
