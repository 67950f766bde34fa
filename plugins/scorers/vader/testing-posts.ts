import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { gunzipSync } from 'node:zlib'

/** The folder with the labelled posts, which are not part of this repository. */
export const DATA = env.MOOD_DATA ?? '../shared/data'

const FILES = { 'en-tweets.tsv.gz': 15_000, 'ko-reviews.tsv.gz': 5_000 }

/** 20,000 of the labelled posts, evenly spread over both files; null if they are not available. */
export function realPosts(): string[] | null {
  if (!Object.keys(FILES).every(file => existsSync(join(DATA, file)))) return null
  return Object.entries(FILES).flatMap(([file, count]) => {
    const lines = gunzipSync(readFileSync(join(DATA, file)))
      .toString('utf8')
      .trimEnd()
      .split('\n')
    return Array.from({ length: count }, (_, i) => {
      const line = lines[Math.floor((i * lines.length) / count)] as string
      return line.slice(line.indexOf('\t') + 1)
    })
  })
}

/** Whether these are the posts that were scored. */
export const checksum = (posts: readonly string[]): Buffer =>
  createHash('sha256').update(JSON.stringify(posts)).digest()
