import { writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { RECORD_BYTES, SHUTDOWN_MS, stateSection } from './contract.ts'
import { sourcesSection } from './sources.ts'
import { TOPICS, type Topic } from './topics.ts'

export interface ConfigOptions {
  topics: Iterable<Topic>
  /** The state directory, relative to the configuration; without it, none. */
  stateDir?: string | undefined
  /** Whether files that are not followed are read at a steady speed rather than at once. */
  paced: boolean
}

/** Writes a configuration of the exporter under torture. */
export function writeConfig(path: string, { topics, stateDir, paced }: ConfigOptions): void {
  const config = {
    server: { listen: '127.0.0.1:0', shutdown_timeout: `${SHUTDOWN_MS}ms` },
    ...(stateDir === undefined ? {} : { state: stateSection(stateDir) }),
    sources: sourcesSection(paced),
    topics: Object.fromEntries([...topics].map(topic => [topic, [...TOPICS[topic]]])),
    scorers: [{ use: 'afinn' }],
    extractors: [{ use: 'hashtags', windows: [{ size: '1m' }] }],
    languages: { detect: false },
    limits: { record_bytes: `${RECORD_BYTES}B`, log_lines: 2 },
    workers: 2,
  }
  writeFileSync(path, stringify(config))
}
