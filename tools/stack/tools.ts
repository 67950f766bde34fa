import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import type { TestContext } from 'vitest'
import { builtProgram, type Program } from '../prometheus/folder.ts'
import { pins } from '../prometheus/pins.ts'

/** Programs that `npm run tools` builds, by Debian's packages and by the names that these give them. */
const DEBIAN = {
  prometheus: { package: 'prometheus', program: 'prometheus' },
  promtool: { package: 'prometheus', program: 'promtool' },
  alertmanager: { package: 'prometheus-alertmanager', program: 'prometheus-alertmanager' },
  amtool: { package: 'prometheus-alertmanager', program: 'amtool' },
} as const

/**
 * Where a program is: the version that ships, if it was built, otherwise one of the PATH. The test is skipped where
 * there is neither, and says what to do.
 *
 * @throws Error if MOOD_REQUIRE_TOOLS=1 and the version that ships was not built
 */
export function tool(context: TestContext, name: Program): string {
  if (env.MOOD_REQUIRE_TOOLS === '1')
    return builtProgram(name) ?? unavailable(context, `\`${name}\` was not built: npm run tools`)
  return program(name) ?? unavailable(context, missing(name))
}

/** The version of a program that ships if it was built, otherwise one of the PATH. */
export function program(name: Program): string | undefined {
  return builtProgram(name) ?? onPath(name) ?? onPath(DEBIAN[name].program)
}

/** What to say where there is none. */
export function missing(name: Program): string {
  return `\`${name}\` is not here: npm run tools, or apt-get install ${DEBIAN[name].package}`
}

/** What to say of programs of the PATH that tests take in place of those that ship; undefined if there are none. */
export function unlikeShipped(): string | undefined {
  const others = (Object.keys(DEBIAN) as Program[]).filter(name => !builtProgram(name)).map(program)
  const paths = others.filter(path => path !== undefined)
  if (paths.length === 0) return undefined
  const { prometheus, alertmanager } = pins()
  return `Tested with ${paths.join(', ')}, and not with Prometheus ${prometheus} and Alertmanager ${alertmanager}, which ship: npm run tools`
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
