import type { Post } from 'mood-exporter/plugin'

/**
 * A post with all properties in the same order; absent ones are undefined. With one shape for all posts, V8 keeps the
 * code that reads them fast.
 */
export function makePost(
  id: string | undefined,
  text: string,
  createdAt: number,
  lang: string | undefined,
  author: string | undefined,
  url: string | undefined,
  topics: string[] | undefined,
): Post {
  return { id, text, createdAt, lang, author, url, topics } as Post
}
