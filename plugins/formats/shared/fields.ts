import type { Post } from 'mood-exporter/plugin'

/**
 * A post with every property in the same order, those that are absent as undefined. Posts of one shape keep every
 * function that reads them fast; posts that each have their own would not.
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
