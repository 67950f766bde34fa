import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import type { TestContext } from 'vitest'

/** Programs that tests run, by what brings them. */
const PACKAGES = {
  prometheus: 'apt-get install prometheus',
  promtool: 'apt-get install prometheus',
  'prometheus-alertmanager': 'apt-get install prometheus-alertmanager',
  amtool: 'apt-get install prometheus-alertmanager',
} as const

export type Tool = keyof typeof PACKAGES

/**
 * Where a program is. The test is skipped where it is nowhere on the PATH, and says what to install.
 *
 * @throws Error instead, where MOOD_REQUIRE_TOOLS=1
 */
export function tool(context: TestContext, name: Tool): string {
  return onPath(name) ?? unavailable(context, `\`${name}\` is not on the PATH: ${PACKAGES[name]}`)
}

/** Skips the test, since this machine lacks something that it needs; fails it where MOOD_REQUIRE_TOOLS=1. */
export function unavailable(context: TestContext, what: string): never {
  if (env.MOOD_REQUIRE_TOOLS === '1') throw new Error(`MOOD_REQUIRE_TOOLS=1, but ${what}`)
  return context.skip(what)
}

/** The path of a program that is on the PATH. */
export function onPath(name: string): string | undefined {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // The next folder may have it.
    }
  }
  return undefined
}
