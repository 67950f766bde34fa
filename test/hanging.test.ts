import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startExporter } from '../tools/stack/exporter.ts'

/** Things that never end. */
const FILES = {
  'sleeps.ts': `
import { spawnSync } from 'node:child_process'
import { defineScorer, z } from 'mood-exporter/plugin'
export default defineScorer({
  name: 'sleeps', description: 'Waits in a system call.', options: z.object({}),
  create: () => ({ score: () => (spawnSync('sleep', ['120']), 0) }),
})`,
  'never.ts': `
import { defineScorer, z } from 'mood-exporter/plugin'
export default defineScorer({
  name: 'never', description: 'Is never created.', options: z.object({}),
  create: () => new Promise(() => setInterval(() => {}, 1000)),
})`,
  'never-source.ts': `
import { defineSource, z } from 'mood-exporter/plugin'
export default defineSource({
  name: 'never', description: 'Is never created.', options: z.object({}),
  create: () => new Promise(() => setInterval(() => {}, 1000)),
})`,
}

const CONFIG = {
  languages: { detect: false },
  workers: 1,
  extractors: [],
  sources: [{ use: 'demo', rate: 20 }],
}

test('a scorer that waits in a system call does not keep the process', async () => {
  await using exporter = await startExporter(
    { ...CONFIG, scorers: [{ use: './sleeps.ts' }] },
    { files: FILES },
  )
  await exporter.until(samples => samples.sum('mood_source_up') === 1)
  const exit = once(exporter.process, 'exit')
  exporter.process.kill('SIGTERM')
  expect(await exit).toEqual([0, null])
})

test('a second signal ends it at once, whatever its threads wait for', async () => {
  const config = { ...CONFIG, server: { shutdown_timeout: '10m' }, scorers: [{ use: './sleeps.ts' }] }
  await using exporter = await startExporter(config, { files: FILES })
  await exporter.until(samples => samples.sum('mood_source_up') === 1)
  const exit = once(exporter.process, 'exit')
  exporter.process.kill('SIGTERM')
  await exporter.logged(({ msg }) => msg === 'stopping')
  exporter.process.kill('SIGTERM')
  expect(await exit).toEqual([1, null])
})

test('a reload that would hang fails and says so, and the next one works', async () => {
  const limits = { create_timeout: '2s' }
  await using exporter = await startExporter(
    { ...CONFIG, limits },
    { files: FILES, args: ['--web.enable-lifecycle'] },
  )
  const reload = async () => {
    const response = await fetch(`${exporter.url}/-/reload`, { method: 'POST' })
    return [response.status, await response.text()] as const
  }
  await exporter.configure({ ...CONFIG, limits, scorers: [{ use: './never.ts' }] })
  expect(await reload()).toEqual([500, expect.stringContaining('not created within limits.create_timeout')])
  await exporter.configure({ ...CONFIG, limits, sources: [...CONFIG.sources, { use: './never-source.ts' }] })
  expect(await reload()).toEqual([500, expect.stringContaining('not created within limits.create_timeout')])
  execFileSync('mkfifo', [join(exporter.folder, 'pipe')])
  await rename(join(exporter.folder, 'pipe'), join(exporter.folder, 'mood.yml'))
  expect(await reload()).toEqual([500, expect.stringContaining('nothing was written to it')])
  expect((await exporter.samples()).sum('mood_config_last_reload_successful')).toBe(0)
  await rm(join(exporter.folder, 'mood.yml'))
  await exporter.configure({ ...CONFIG, limits })
  expect(await reload()).toEqual([200, expect.any(String)])
  expect((await exporter.samples()).sum('mood_config_last_reload_successful')).toBe(1)
})

test('pipes in the place of files hold up nothing: not their source, not a stop', async () => {
  const sources = ['a', 'b', 'c', 'd', 'e'].map(name => ({
    use: 'file',
    name,
    path: `./${name}`,
    follow: true,
  }))
  await using exporter = await startExporter({ ...CONFIG, sources: [...CONFIG.sources, ...sources] })
  for (const { path } of sources) execFileSync('mkfifo', [join(exporter.folder, path)])
  await exporter.until(samples => samples.sum('mood_source_failures_total') >= sources.length)
  expect(await exporter.stop()).toBe(0)
})

test('a signal to reload before the exporter serves does not end it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mood-hup-'))
  await writeFile(
    join(folder, 'mood.yml'),
    'server: { listen: "127.0.0.1:0", shutdown_timeout: 1s }\nsources: [{ use: demo }]\n',
  )
  const bin = fileURLToPath(new URL('../bin/mood-exporter.mjs', import.meta.url))
  // As soon as any of the program runs: a module that is loaded before it sends the signal a little later.
  const hup = 'data:text/javascript,setTimeout(()=>process.kill(process.pid,"SIGHUP"),20)'
  const child = spawn(process.execPath, ['--import', hup, bin, 'run', '--config', 'mood.yml'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const exit = once(child, 'exit')
    const lines = createInterface({ input: child.stdout })
    await Promise.race([once(lines, 'line'), exit.then(how => Promise.reject(new Error(`it ended: ${how}`)))])
    child.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
  } finally {
    child.kill('SIGKILL')
    await rm(folder, { recursive: true })
  }
})
