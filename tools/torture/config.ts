import { writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { RECORD_BYTES, SHUTDOWN_MS, stateSection } from './contract.ts'

/** Topics by name, with the words that a post about them contains. */
export const TOPICS = {
  galaxy: ['galaxy', '갤럭시'],
  nova: ['nova', '노바'],
  saturn: ['saturn', '토성'],
  // Passing topics, which reloads add and remove.
  comet: ['comet', '혜성'],
  quasar: ['quasar', '퀘이사'],
} as const satisfies Record<string, readonly [latin: string, hangul: string]>

export type Topic = keyof typeof TOPICS

/** Topics that are always configured. */
export const LASTING: readonly Topic[] = ['galaxy', 'nova', 'saturn']

/** Topics that reloads add and remove. */
export const PASSING: readonly Topic[] = ['comet', 'quasar']

/** Passing topics that are configured at the start. */
export const PASSING_AT_START: readonly Topic[] = ['comet']

export interface ConfigOptions {
  topics: Iterable<Topic>
  /** The state directory, relative to the configuration; none if absent. */
  stateDir?: string | undefined
  /** The section `sources`. */
  sources: readonly object[]
}

/** Writes a configuration of the exporter under test. */
export function writeConfig(path: string, { topics, stateDir, sources }: ConfigOptions): void {
  const config = {
    server: { listen: '127.0.0.1:0', shutdown_timeout: `${SHUTDOWN_MS}ms` },
    ...(stateDir === undefined ? {} : { state: stateSection(stateDir) }),
    sources,
    topics: Object.fromEntries([...topics].map(topic => [topic, [...TOPICS[topic]]])),
    scorers: [{ use: 'afinn' }],
    extractors: [{ use: 'hashtags', windows: [{ size: '1m' }] }],
    languages: { detect: false },
    limits: { record_bytes: `${RECORD_BYTES}B`, log_lines: 2 },
    workers: 2,
  }
  writeFileSync(path, stringify(config))
}

/** The files of each source, relative to the working folder; for archives the beginning of their paths. */
export const FILES = {
  live: 'live/posts.jsonl',
  rotated: 'rotated/posts.jsonl',
  archive: 'archive/part-',
  plain: 'plain.jsonl',
} as const

export type Source = keyof typeof FILES

export const SOURCES = Object.keys(FILES) as Source[]

/** Sources that follow their files. */
export const FOLLOWED: readonly Source[] = ['live', 'rotated']

/** Sources that drop duplicates. */
export const DEDUPING: readonly Source[] = ['live']

/** Records a second of files that are not followed: slow enough for kills in the middle of a file. */
const READ_RATE = 1500

/** The section `sources` of mood.yml. @param paced whether files that are not followed are read at a fixed rate */
export function sourcesSection(paced: boolean): object[] {
  const rate = paced ? { rate: READ_RATE } : {}
  return [
    // All files that logrotate makes: any number of rotations is allowed, even while the exporter is down.
    { use: 'file', name: 'live', path: `./${FILES.live}*`, follow: true, dedupe: true },
    // The path alone: the source finds a rotated file under its new name.
    { use: 'file', name: 'rotated', path: `./${FILES.rotated}`, follow: true },
    { use: 'file', name: 'archive', path: `./${FILES.archive}*`, ...rate },
    { use: 'file', name: 'plain', path: `./${FILES.plain}`, ...rate },
  ]
}
