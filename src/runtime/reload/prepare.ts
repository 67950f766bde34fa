import { ConfigError } from '../../config/config-error.ts'
import type { LoadedConfig, LoadResult } from '../../config/load.ts'
import { byPlace, type Problem } from '../../config/problem.ts'
import { noteSecret } from '../../config/redact.ts'
import { type Inspection, inspect, inspectDraft } from '../../loader/validate.ts'
import { type ResolvedConfig, resolveConfig, topicHeads, topicSpecs } from '../resolved-config.ts'
import { startThread } from '../threads/thread.ts'
import type { Answer, AnswerContent } from './prepare-thread.ts'

/** How long a configuration may take to be read and its plugins to be looked at, in milliseconds. */
const EXAMINE_MS = 300_000

/** The most that a thread may hold which does that, and the lines that plugins may write to its console a second. */
const HEAP_BYTES = 2 ** 30
const LOG_LINES = 10

/** What a running exporter keeps of a configuration, its topics without their keywords. Plain data. */
export type RunningConfig = Pick<LoadedConfig, 'file' | 'baseDir' | 'config'>

/** A configuration that holds, plugins included, and what it comes to. */
export interface Prepared {
  loaded: RunningConfig
  shown: string
  resolved: ResolvedConfig
}

/** A configuration that was read and looked at: whole, or all that is wrong with it. Plain data. */
export type Examined =
  | { problems: Problem[] }
  | {
      problems?: never
      loaded: RunningConfig
      /** The topics as JSON. */
      topics: string
      shown: string
      inspection: Inspection
    }

/** Reads a configuration and looks at its plugins. */
export async function examine(load: () => Promise<LoadResult>): Promise<Examined> {
  const result = await load()
  if (!result.ok) {
    const { problems, draft } = result
    const all = [...problems, ...(draft ? await inspectDraft(draft) : [])]
    return { problems: all.sort(byPlace) }
  }
  const { loaded } = result
  const inspection = await inspect(loaded)
  if (inspection.problems.length > 0) return { problems: inspection.problems }
  const { file, baseDir, config } = loaded
  return {
    loaded: { file, baseDir, config: { ...config, topics: topicHeads(config.topics) } },
    topics: JSON.stringify(topicSpecs(config.topics)),
    shown: loaded.show(inspection.secrets),
    inspection,
  }
}

/**
 * The same for a file, in a thread: with thousands of topics it takes seconds, in which scrapes are to be answered.
 * @throws Error where the thread does not answer
 */
async function examineInThread(file: string): Promise<Examined> {
  const { promise, resolve, reject } = Promise.withResolvers<Examined>()
  const options = {
    module: 'src/runtime/reload/prepare-thread',
    role: 'prepare',
    name: 'configuration',
    heapBytes: HEAP_BYTES,
    cause: 'stray',
    logLines: LOG_LINES,
  }
  const { thread } = startThread<Answer>({ file }, options, {
    message: message => {
      if (!('text' in message)) return
      for (const secret of message.secrets) noteSecret(secret)
      const content = JSON.parse(message.text) as AnswerContent
      if ('failed' in content) reject(new Error(content.failed))
      else if (content.problems) resolve(content)
      else resolve({ ...content, topics: message.topics, shown: message.shown })
    },
    error: reject,
    exit: () => reject(new Error('the thread that read the configuration ended')),
  })
  const timer = setTimeout(() => {
    reject(new Error(`the configuration could not be read within ${EXAMINE_MS / 60_000} minutes`))
    void thread.terminate()
  }, EXAMINE_MS)
  return promise.finally(() => clearTimeout(timer))
}

/**
 * Prepares a configuration.
 * @param from what loads it; or the path of its file, which is then read in a thread
 * @param seenIds memory of ids already seen, to keep on a reload
 * @param relays whether posts are handed to the one output instead of being scored
 * @throws ConfigError with every problem, MoodError
 */
export async function prepare(
  from: (() => Promise<LoadResult>) | string,
  seenIds: SharedArrayBuffer | null,
  relays = false,
): Promise<Prepared> {
  const examined = await (typeof from === 'string' ? examineInThread(from) : examine(from))
  if (examined.problems) throw new ConfigError(examined.problems)
  const { loaded, topics, shown, inspection } = examined
  return { loaded, shown, resolved: resolveConfig(loaded, inspection, topics, seenIds, relays) }
}
