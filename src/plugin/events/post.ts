/** A post of a sample: at most as many a minute of each topic and sentiment as the output's `posts` says. */
export interface PostEvent {
  kind: 'post'
  /** `post/…`: a hash of the source, the topic, and the post's id or time and text. */
  key: string
  source: string
  topic: string
  lang: string
  scorer: string
  sentiment: 'positive' | 'neutral' | 'negative' | 'unknown'
  /** From -1 to 1; null if it has none. */
  score: number | null
  /** When it was written; Unix milliseconds. */
  at: number
  id?: string
  url?: string
  /** Only where the output's `posts.text` is true. */
  text?: string
}
