import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { pins } from '../tools/prometheus/pins.ts'
import { tool } from '../tools/stack/tools.ts'
import { ROOT, run } from './support/package.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const { prometheus, alertmanager } = pins()

/** Where a version of one of the two is named, and which; only whole ones, since `2.42 and later` is a range. */
const named = /\b(prometheus|alertmanager)[ :]v?(\d+\.\d+\.\d+)\b/gi

test('docker-compose.yml runs the versions that the tests are built of', () => {
  const { services } = parse(read('docker-compose.yml'), { merge: true })
  expect(services.prometheus.image).toBe(`prom/prometheus:v${prometheus}`)
  expect(services.alertmanager.image).toBe(`prom/alertmanager:v${alertmanager}`)
})

test('whatever names a version of Prometheus or Alertmanager names those', () => {
  const files = [
    'README.md',
    'CONTRIBUTING.md',
    'docker-compose.yml',
    ...globSync('docs/*.md', { cwd: ROOT }),
  ]
  const found = files.flatMap(file =>
    [...read(file).matchAll(named)].map(([, name = '', version]) => ({
      file,
      name: name.toLowerCase(),
      version,
    })),
  )
  expect(found.length).toBeGreaterThanOrEqual(4)
  const shipped: Record<string, string> = { prometheus, alertmanager }
  expect(found.filter(({ name, version }) => version !== shipped[name])).toEqual([])
})

test('those are what was built', async context => {
  for (const [name, version] of [
    ['prometheus', prometheus],
    ['promtool', prometheus],
    ['alertmanager', alertmanager],
    ['amtool', alertmanager],
  ] as const) {
    const { stdout, stderr } = await run(tool(context, name), ['--version'])
    const [, own] = /version (\S+)/.exec(stdout + stderr) ?? []
    if (own !== version && env.MOOD_REQUIRE_TOOLS !== '1')
      context.skip(`${name} is ${own}, and ${version} ships: npm run tools`)
    expect(own, name).toBe(version)
  }
})
