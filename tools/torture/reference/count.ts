import { isUtf8 } from 'node:buffer'
import Sentiment from 'sentiment'
import type { SourceConfig } from './reader.ts'
import type { State } from './store.ts'

const sentiment = new Sentiment()

interface Post {
  id: string
  text: string
}

/** Counts one line, in the simplest way. */
export function count(
  state: State,
  { name, dedupe = false }: SourceConfig,
  line: Buffer,
  topics: Record<string, string[]>,
  recordBytes: number,
): void {
  const bytes = line.at(-1) === 13 ? line.subarray(0, -1) : line
  if (bytes.length === 0) return
  const source = `source="${name}"`
  const drop = (reason: string) => state.count(`mood_posts_dropped_total{${source},reason="${reason}"}`)
  const record = () => state.count(`mood_source_records_total{${source}}`)
  const posts = postsIn(bytes, recordBytes)
  if (typeof posts === 'string') {
    record()
    drop(posts)
    return
  }
  for (const { id, text } of posts) {
    record()
    state.count(`mood_source_posts_total{${source}}`)
    if (dedupe && !state.isNew(`${name} ${id}`)) {
      drop('duplicate')
      continue
    }
    const about = Object.keys(topics).filter(topic => topics[topic]?.some(word => isAbout(text, word)))
    if (about.length === 0) {
      drop('off_topic')
      continue
    }
    state.count(`mood_post_delay_seconds_count{${source}}`)
    const said = sentimentOf(text)
    for (const topic of about) {
      const labels = `${source},topic="${topic}"`
      state.count(`mood_posts_total{${labels},lang="other",scorer="afinn",sentiment="${said}"}`)
      if (said !== 'unknown') state.count(`mood_positivity_ratio_count{${labels},scorer="afinn"}`)
    }
  }
}

/** The posts of a record, or why it contains none. */
function postsIn(bytes: Buffer, recordBytes: number): Post[] | string {
  if (bytes.length > recordBytes) return 'oversized'
  if (!isUtf8(bytes)) return 'encoding'
  try {
    const posts = [JSON.parse(bytes.toString('utf8'))].flat()
    if (!posts.every(post => typeof post?.text === 'string')) return 'invalid'
    return posts
  } catch {
    return 'invalid'
  }
}

const isAbout = (text: string, word: string) =>
  /^[a-z]+$/.test(word) ? new RegExp(`\\b${word}\\b`).test(text) : text.includes(word)

function sentimentOf(text: string): string {
  if (!/[a-z]/i.test(text)) return 'unknown'
  const { score } = sentiment.analyze(text)
  return score > 0 ? 'positive' : score < 0 ? 'negative' : 'neutral'
}
