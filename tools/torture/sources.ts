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
