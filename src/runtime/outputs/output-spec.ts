import { splitPlugin } from '../../config/plugin-options.ts'
import type { Config } from '../../config/schema.ts'
import { windowLabel } from '../../config/windows.ts'
import type { PluginSpec } from '../../pipeline/worker-config.ts'
import type { OutputStream } from '../../plugin/output.ts'
import { fileStamps } from '../file-stamps.ts'

/** A configured output. Plain data. */
export interface OutputSpec extends PluginSpec {
  /** Labels of the windows to deliver; null for all. */
  windows: string[] | null
  /** The streams to deliver, of those that its plugin takes; null for all. */
  events: readonly OutputStream[] | null
  /**
   * How many posts of each topic and sentiment it receives per minute, and whether with their text; null for none.
   */
  posts: { perMinute: number; text: boolean } | null
  /** Maximum of waiting events. */
  queue: number
  /** Maximum of events in one write. */
  batch: number
  /** Time limit of a write, in milliseconds. */
  timeout: number
  /** Milliseconds. */
  retry: { initial: number; max: number; giveUp: number }
  /** Identifies the content of the files in its options, so that a reload detects changes. */
  files?: string
}

/** @param names of the outputs, in the order of the configuration, as `validate` returned them */
export const outputSpecs = (
  { outputs }: Pick<Config, 'outputs'>,
  names: readonly { name: string }[],
  baseDir = '.',
): OutputSpec[] =>
  outputs.map((entry, i) => {
    const { use, options, windows, events, posts, queue, batch, timeout, retry } = splitPlugin(
      'output',
      entry,
    )
    return {
      use,
      name: (names[i] as { name: string }).name,
      options,
      windows: windows?.map(windowLabel) ?? null,
      events: events ?? null,
      posts: posts ? { perMinute: posts.per_minute, text: posts.text } : null,
      queue,
      batch,
      timeout,
      retry: { initial: retry.initial, max: retry.max, giveUp: retry.give_up },
      ...stamped(fileStamps(options, baseDir)),
    }
  })

const stamped = (files: string) => (files === '' ? {} : { files })
