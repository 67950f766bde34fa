import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadConfig } from './load.ts'
import { readWhole } from './read-file.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mood-read-'))
})
afterAll(() => rm(folder, { recursive: true }))

const fifo = (name: string) => {
  const path = join(folder, name)
  execFileSync('mkfifo', [path])
  return path
}

test('a file is read, and of a larger one a byte more than is allowed', async () => {
  const path = join(folder, 'file')
  await writeFile(path, 'x'.repeat(200_000))
  expect(await readWhole(path, 200_000, 0)).toHaveLength(200_000)
  expect(await readWhole(path, 70_000, 0)).toHaveLength(70_001)
  expect(await readWhole('/dev/zero', 10, 0)).toHaveLength(11)
})

test('does not wait for a pipe without a writer', async () => {
  await expect(readWhole(fifo('silent'), 100, 60_000)).rejects.toThrow('nothing was written to it')
})

test('a pipe is read to its end, or until the deadline', async () => {
  const path = fifo('written')
  const writer = spawn('sh', ['-c', `exec 3<> ${path}; printf some >&3; read line; printf more >&3`])
  try {
    await expect
      .poll(() => readWhole(path, 100, 100).catch(({ message }) => message))
      .toMatch('did not end within')
  } finally {
    writer.kill()
    await once(writer, 'exit')
  }
  const whole = readWhole('/dev/null', 100, 100)
  await expect(whole).rejects.toThrow('nothing was written to it')
})

test('a configuration that is a pipe without a writer is reported at once as one problem', async () => {
  const result = await loadConfig(fifo('mood.yml'))
  expect(result).toMatchObject({ ok: false, problems: [{ code: 'ERR_CONFIG_UNREADABLE' }] })
})
