import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import type { TestContext } from 'vitest'
import { builtProgram, type Program } from '../prometheus/folder.ts'
import { pins } from '../prometheus/pins.ts'

/** Programs that `npm run tools` builds, with their names in Debian's packages. */
const DEBIAN = {
  prometheus: { package: 'prometheus', program: 'prometheus' },
  promtool: { package: 'prometheus', program: 'promtool' },
  alertmanager: { package: 'prometheus-alertmanager', program: 'prometheus-alertmanager' },
  amtool: { package: 'prometheus-alertmanager', program: 'amtool' },
} as const

/**
 * The path of a program: the pinned version if it was built, otherwise the one on the PATH. Without either, the test
 * is skipped, and the output says what to do.
 *
 * @throws Error if MOOD_REQUIRE_TOOLS=1 and the pinned version was not built
 */
export function tool(context: TestContext, name: Program): string {
  if (env.MOOD_REQUIRE_TOOLS === '1')
    return builtProgram(name) ?? unavailable(context, `\`${name}\` was not built: npm run tools`)
  return program(name) ?? unavailable(context, missing(name))
}

/** The pinned version of a program if it was built, otherwise the one on the PATH. */
export function program(name: Program): string | undefined {
  return builtProgram(name) ?? onPath(name) ?? onPath(DEBIAN[name].program)
}

/** The message if there is none. */
export function missing(name: Program): string {
  return `\`${name}\` is not here: npm run tools, or apt-get install ${DEBIAN[name].package}`
}

/** A note on programs from the PATH that replace pinned versions; undefined if there are none. */
export function unlikeShipped(): string | undefined {
  const others = (Object.keys(DEBIAN) as Program[]).filter(name => !builtProgram(name)).map(program)
  const paths = others.filter(path => path !== undefined)
  if (paths.length === 0) return undefined
  const { prometheus, alertmanager } = pins()
  return `Tested with ${paths.join(', ')}, and not with Prometheus ${prometheus} and Alertmanager ${alertmanager}, which ship: npm run tools`
}

/** Skips the test, since this machine lacks something it needs; fails it if MOOD_REQUIRE_TOOLS=1. */
export function unavailable(context: TestContext, what: string): never {
  if (env.MOOD_REQUIRE_TOOLS === '1') throw new Error(`MOOD_REQUIRE_TOOLS=1, but ${what}`)
  return context.skip(what)
}

/** The path of a program on the PATH. */
export function onPath(name: string): string | undefined {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // It may be in the next folder.
    }
  }
  return undefined
}
