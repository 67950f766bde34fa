import { mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fileStamps } from './file-stamps.ts'

async function folderWith(...names: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mood-stamps-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const name of names) await writeFile(join(folder, name), 'secret')
  return folder
}

test('options without files have no stamps', async () => {
  const folder = await folderWith('token')
  for (const options of [{}, null, 'token', { path: 'token', token_file: 7, file: './token' }])
    expect(fileStamps(options, folder)).toBe('')
})

test('a stamp is the same until its file is written, touched or replaced', async () => {
  const folder = await folderWith('token', 'other')
  const stamps = () => fileStamps({ token_file: './token' }, folder)
  const seen = [stamps()]
  expect(stamps()).toBe(seen[0])
  await writeFile(join(folder, 'token'), 'another secret')
  seen.push(stamps())
  await utimes(join(folder, 'token'), 1, 1)
  seen.push(stamps())
  await utimes(join(folder, 'other'), 1, 1)
  await writeFile(join(folder, 'other'), 'another secret')
  await rename(join(folder, 'other'), join(folder, 'token'))
  seen.push(stamps())
  await rm(join(folder, 'token'))
  seen.push(stamps())
  expect(new Set(seen).size).toBe(seen.length)
  expect(stamps()).toBe('absent')
})

test('files are found at any depth, and each has a stamp', async () => {
  const folder = await folderWith('a', 'b')
  const stamps = fileStamps(
    { auth: { token_file: 'a', user: null }, servers: [{ key_file: 'b' }, { key_file: 'absent' }] },
    folder,
  )
  expect(stamps.split(' ')).toEqual([
    fileStamps({ x_file: 'a' }, folder),
    fileStamps({ x_file: 'b' }, folder),
    'absent',
  ])
})

test('an absolute path does not depend on the folder', async () => {
  const folder = await folderWith('token')
  expect(fileStamps({ token_file: join(folder, 'token') }, '/')).toBe(
    fileStamps({ token_file: 'token' }, folder),
  )
})
