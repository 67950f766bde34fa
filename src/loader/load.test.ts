import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadDefinition } from './load.ts'

async function folderWith(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mood-load-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, name), text)
  return folder
}

test('a plugin of another kind is refused in plain English', async () => {
  const folder = await folderWith('mine.mjs', `export default { kind: 'extractor', name: 'mine' }\n`)
  await expect(loadDefinition('output', './mine.mjs', folder)).rejects.toThrow(
    'is an extractor, where an output is expected',
  )
})
