/** Where the producer writes, by source, relative to the working folder; of archives the beginning of the path. */
export const FILES = {
  live: 'live/posts.jsonl',
  rotated: 'rotated/posts.jsonl',
  archive: 'archive/part-',
  plain: 'plain.jsonl',
} as const

export type Source = keyof typeof FILES

export const SOURCES = Object.keys(FILES) as Source[]

/** Those that are read as they grow. */
export const FOLLOWED: readonly Source[] = ['live', 'rotated']

/** Those that drop duplicates. */
export const DEDUPING: readonly Source[] = ['live']

/** Records a second at which files that are not followed are read, so that kills find them half read. */
const READ_RATE = 1500

/** The section `sources` of mood.yml. @param paced whether files that are not followed are read at a steady speed */
export function sourcesSection(paced: boolean): object[] {
  const rate = paced ? { rate: READ_RATE } : {}
  return [
    // All that logrotate makes of it: rotated any number of times, be it while the exporter is down.
    { use: 'file', name: 'live', path: `./${FILES.live}*`, follow: true, dedupe: true },
    // The one path: a rotated file is looked for under its new name.
    { use: 'file', name: 'rotated', path: `./${FILES.rotated}`, follow: true },
    { use: 'file', name: 'archive', path: `./${FILES.archive}*`, ...rate },
    { use: 'file', name: 'plain', path: `./${FILES.plain}`, ...rate },
  ]
}
