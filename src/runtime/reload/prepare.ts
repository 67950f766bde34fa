import { type AnyErrorCode, MoodError } from '../../catalogue/errors.ts'
import type { Adaptation } from '../../config/adaptation.ts'
import type { LoadResult } from '../../config/load.ts'
import { ConfigError } from '../../config/problem.ts'
import { noteSecret } from '../../config/redact.ts'
import { type ResolvedConfig, resolveConfig } from '../resolved-config.ts'
import { startThread } from '../threads/thread.ts'
import type { Examined, RunningConfig } from './examine.ts'
import type { Answer, AnswerContent } from './prepare-thread.ts'

/** How long reading a configuration and validating its plugins may take, in milliseconds. */
const EXAMINE_MS = 300_000

/** Limits of the thread that does this: its heap, and console lines of plugins per second. */
const HEAP_BYTES = 2 ** 30
const LOG_LINES = 10

/** A valid configuration with its plugins, resolved. */
export interface Prepared {
  loaded: RunningConfig
  shown: string
  resolved: ResolvedConfig
}

/** A configuration file, and the differences to what runs. Plain data. */
export interface ConfigFile extends Adaptation {
  file: string
}

/** The origin of a configuration: a function that loads it, or a file to read in a thread. */
export type ConfigOrigin = (() => Promise<LoadResult>) | ConfigFile

/**
 * Reads a file and validates its plugins in a thread: with thousands of topics it takes seconds, in which scrapes
 * must be answered, and the libraries for it take 15 MB that are freed afterwards.
 * @throws Error if the thread does not answer, MoodError
 */
async function examineInThread(from: ConfigFile): Promise<Examined> {
  const { promise, resolve, reject } = Promise.withResolvers<Examined>()
  const options = {
    module: 'src/runtime/reload/prepare-thread',
    role: 'prepare',
    name: 'configuration',
    workerMemory: HEAP_BYTES,
    cause: 'stray',
    logLines: LOG_LINES,
  }
  const { thread } = startThread<Answer>(from, options, {
    message: message => {
      if (!('text' in message)) return
      for (const secret of message.secrets) noteSecret(secret)
      const content = JSON.parse(message.text) as AnswerContent
      if (!('failed' in content))
        resolve(content.problems ? content : { ...content, topics: message.topics, shown: message.shown })
      else if (content.code === undefined) reject(new Error(content.failed))
      else reject(new MoodError(content.code as AnyErrorCode, content.failed))
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

/** The same in this thread, with a function that loads it. */
async function examineHere(load: () => Promise<LoadResult>): Promise<Examined> {
  const { examine } = await import('./examine.ts')
  return examine(load)
}

/**
 * Prepares a configuration.
 * @param seenIds memory of ids already seen, to keep on a reload
 * @param relays whether posts are relayed to the one output instead of being scored
 * @throws ConfigError with all problems, MoodError
 */
export async function prepare(
  from: ConfigOrigin,
  seenIds: SharedArrayBuffer | null,
  relays = false,
): Promise<Prepared> {
  const examined = await (typeof from === 'function' ? examineHere(from) : examineInThread(from))
  if (examined.problems) throw new ConfigError(examined.problems)
  const { loaded, topics, shown, validation } = examined
  return { loaded, shown, resolved: resolveConfig(loaded, validation, topics, seenIds, relays) }
}
