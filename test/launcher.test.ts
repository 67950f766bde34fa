import { execFile, spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import pkg from '../package.json' with { type: 'json' }

const ROOT = fileURLToPath(new URL('..', import.meta.url))

test('where node_modules is a link, the launcher knows the pinned Node.js when it is run by it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-linked-'))
  try {
    await cp(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true })
    for (const name of ['src', 'plugins', 'node_modules', 'package.json'])
      await symlink(join(ROOT, name), join(folder, name))
    // Did it not, it would start it again, which would start it again.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(folder, 'bin/mood-exporter.mjs'), '--version'],
      { timeout: 20_000, killSignal: 'SIGKILL' },
    )
    expect(stdout.trim()).toBe(pkg.version)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('the exporter stops when the launcher that started it is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-launched-'))
  await writeFile(join(folder, 'mood.yml'), 'server: { listen: "127.0.0.1:0" }\nsources: [{ use: demo }]\n')
  // A copy of the interpreter under another name is not the pinned one, so that it starts that.
  const other = join(folder, 'node')
  await cp(await realpath(process.execPath), other)
  const launcher = spawn(other, [join(ROOT, 'bin/mood-exporter.mjs'), 'run', '--config', 'mood.yml'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  try {
    let output = ''
    launcher.stdout.setEncoding('utf8').on('data', text => {
      output += text
    })
    const url = await vi.waitUntil(() => /Metrics +(\S+)/.exec(output)?.[1], { timeout: 60_000 })
    expect((await fetch(url)).status).toBe(200)
    if (process.platform === 'linux') {
      const exporter = (await readFile(`/proc/${launcher.pid}/task/${launcher.pid}/children`, 'utf8')).trim()
      expect((await readFile(`/proc/${exporter}/environ`, 'utf8')).split('\0')).toContain(
        'MALLOC_ARENA_MAX=2',
      )
    }
    launcher.kill('SIGKILL')
    await expect.poll(() => fetch(url).catch(() => 'gone'), { timeout: 60_000 }).toBe('gone')
  } finally {
    launcher.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
})

test('a thread strips no types itself, and sees every change of a source', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-types-'))
  const module = join(folder, 'answer.ts')
  const main = join(folder, 'main.mjs')
  await writeFile(
    main,
    `import { readStripped } from ${JSON.stringify(pathToFileURL(join(ROOT, 'bin/types.mjs')).href)}\n` +
      `readStripped()\nconsole.log((await import('./answer.ts')).answer)\n`,
  )
  const run = async (...flags: string[]) =>
    (await promisify(execFile)(process.execPath, [...flags, main], { timeout: 60_000 })).stdout.trim()
  try {
    await writeFile(module, 'export const answer: number = 41\n')
    expect(await run('--no-strip-types')).toBe('41')
    await writeFile(module, 'export const answer: number = 4242\n')
    expect(await run('--no-strip-types')).toBe('4242')
    await writeFile(module, 'export const answer: number = = 1\n')
    await expect(run()).rejects.toThrow(/answer\.ts/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
