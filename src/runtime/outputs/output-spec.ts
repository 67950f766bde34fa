import { splitPlugin } from '../../config/plugin-options.ts'
import type { Config } from '../../config/schema.ts'
import { windowLabel } from '../../config/windows.ts'
import type { PluginSpec } from '../../pipeline/plan.ts'
import type { OutputStream } from '../../plugin/output.ts'
import { fileStamps } from '../file-stamps.ts'

/** An output as it is configured. Plain data. */
export interface OutputSpec extends PluginSpec {
  /** Labels of the windows that are delivered; null for all. */
  windows: string[] | null
  /** What it is given of what its plugin takes; null for all. */
  events: readonly OutputStream[] | null
  /** How many posts it is given of each topic and sentiment a minute, and whether with their text; null for none. */
  posts: { perMinute: number; text: boolean } | null
  /** Events that may wait. */
  queue: number
  /** The most events in one write. */
  batch: number
  /** Milliseconds that one write may take. */
  timeout: number
  /** Milliseconds. */
  retry: { initial: number; max: number; giveUp: number }
  /** What the files look like that its options name, by which a reload knows that they have changed. */
  files?: string
}

/** @param names of the outputs, in the order of the configuration: as `validate` found them */
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
