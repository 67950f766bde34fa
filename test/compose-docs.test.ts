import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { tool } from '../tools/stack/tools.ts'
import { namedBlocks } from './support/markdown.ts'
import { ROOT, run } from './support/package.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const compose = read('docker-compose.yml')
const guide = read('docs/docker.md')

/** The rows of a table, each as its cells without backticks. */
const rows = (markdown: string): string[][] =>
  markdown
    .split('\n')
    .filter(line => line.startsWith('|') && !/^\| ---/.test(line))
    .map(line =>
      line
        .slice(1, -1)
        .split('|')
        .map(cell => cell.trim().replace(/^`(.*)`$/, '$1')),
    )

test('every setting of docker-compose.yml is in the guide, with its default', () => {
  const settings = [...compose.matchAll(/\$\{([A-Z_]+):-([^}]*)\}/g)].map(([, name, otherwise]) => [
    name,
    otherwise,
  ])
  const table = /<!-- settings -->(.*)<!-- \/settings -->/s.exec(guide)?.[1] ?? ''
  const named = rows(table).slice(1)
  expect(Object.fromEntries(named.map(([name, otherwise = '']) => [name, otherwise]))).toEqual(
    Object.fromEntries(settings),
  )
})

test('the guide names the images that docker-compose.yml has', () => {
  const images = Object.values<{ image: string }>(parse(compose).services).map(({ image }) => image)
  const named = rows(guide).map(([, image]) => image)
  expect(images.filter(image => !image.startsWith('mood-exporter:') && !named.includes(image))).toEqual([])
})

test('Prometheus takes what the guide adds to a configuration, and its rules go by the job that it names', async context => {
  const promtool = tool(context, 'promtool')
  const blocks = Object.fromEntries(
    namedBlocks(read('docs/existing-prometheus.md')).map(({ name, text }) => [name, parse(text)]),
  )
  const folder = mkdtempSync(join(tmpdir(), 'mood-exporter-existing-'))
  try {
    mkdirSync(join(folder, 'mood-exporter'))
    cpSync(join(ROOT, 'prometheus/rules'), join(folder, 'mood-exporter'), { recursive: true })
    const config = { ...blocks['scrape.yml'], ...blocks['rules.yml'], ...blocks['alerting.yml'] }
    writeFileSync(join(folder, 'prometheus.yml'), stringify(config))
    const { code, stdout, stderr } = await run(promtool, ['check', 'config', join(folder, 'prometheus.yml')])
    expect({ code, said: stdout + stderr }).toMatchObject({
      code: 0,
      said: expect.stringMatching(/rules found/),
    })
    const ours = parse(read('prometheus/prometheus.yml')).scrape_configs
    expect(ours.map(({ job_name }: { job_name: string }) => job_name)).toContain(
      config.scrape_configs[0].job_name,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('the job of the exporter has one name in the stack, the README and the docs', () => {
  const [ours] = parse(read('prometheus/prometheus.yml')).scrape_configs
  expect(ours.job_name).toBe('mood-exporter')
  const texts = ['README.md', ...globSync('docs/*.md', { cwd: ROOT })].map(read)
  const named = texts.flatMap(text => [...text.matchAll(/job_name: (\S+)/g)].map(([, name]) => name))
  expect(named.length).toBeGreaterThan(2)
  expect(new Set(named)).toEqual(new Set([ours.job_name]))
})

test('the scrape job that the guide pastes is the one that it shows', () => {
  const document = read('docs/existing-prometheus.md')
  const shown = namedBlocks(document).find(({ name }) => name === 'scrape.yml')?.text ?? ''
  const pasted = /<<'YAML'\n(.*?)^YAML$/ms.exec(document)?.[1] ?? ''
  expect(pasted.trim()).toBe(shown.replace('scrape_configs:\n', '').trim())
})
