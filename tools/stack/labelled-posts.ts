import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import type { TestContext } from 'vitest'

/**
 * The folder of real posts with labels, which are not part of this repository: `MOOD_DATA`, or a folder beside the
 * checkout, where continuous integration has them.
 */
export const LABELLED_POSTS = env.MOOD_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))

/**
 * The path of a file of labelled posts. Without it the test is skipped, and the output says what to do.
 *
 * @throws Error if `MOOD_DATA` names a folder without the file
 */
export function labelledPosts(context: TestContext, file: string): string {
  const path = join(LABELLED_POSTS, file)
  if (existsSync(path)) return path
  if (env.MOOD_DATA !== undefined) throw new Error(`MOOD_DATA has no file ${path}`)
  return context.skip('real posts are not part of the repository: set MOOD_DATA to the folder that has them')
}
