import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const FILES = { 'en-tweets.tsv.gz': 15_000, 'ko-reviews.tsv.gz': 5_000 }

/** 20,000 of the labelled posts, evenly spread over both files. @param pathOf the path of a file of that name */
export function realPosts(pathOf: (file: string) => string): string[] {
  return Object.entries(FILES).flatMap(([file, count]) => {
    const lines = gunzipSync(readFileSync(pathOf(file)))
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
