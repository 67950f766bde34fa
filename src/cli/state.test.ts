import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { Store } from '../runtime/checkpoints/store/store.ts'
import { CONFIGURATION, LiveModel, temporaryDirectory } from '../runtime/checkpoints/store/store-testing.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

const run = (...args: string[]) =>
  execFileSync(process.execPath, [MAIN, 'state', ...args], { encoding: 'utf8' })

/** A directory that a store has open. */
async function running() {
  const directory = temporaryDirectory()
  onTestFinished(() => directory[Symbol.dispose]())
  const dir = join(directory.path, 'state')
  const { store } = await Store.open({ dir, configuration: CONFIGURATION, log: () => {} })
  onTestFinished(() => store.terminate())
  const model = new LiveModel(3)
  for (let i = 0; i < 10; i++) await store.commit(model.next())
  await store.pluginStore('source kafka').set('token', 'a secret')
  await store.publish(9, [{ output: 'webhook', event: { also: 'private' } }])
  return { dir, store, model }
}

test('shows and checks the state directory of a running exporter, without values of plugins', async () => {
  const { dir, store, model } = await running()
  const shown = JSON.parse(run('show', dir, '--json'))
  expect(shown).toMatchObject({
    inUse: true,
    epoch: 10,
    published: 9,
    posts: { source: { kafka: model.state.counter('mood_source_posts_total').get('kafka') } },
    windows: [
      { window: '2s', closedUntil: model.state.windows.get('2s')?.complete?.end },
      { window: '20s', closedUntil: model.state.windows.get('20s')?.complete?.end },
    ],
    plugins: { 'source kafka': ['token'] },
    outbox: { webhook: 1 },
  })
  expect(shown.positions).toHaveLength(model.positions.size)
  const text = run('show', dir)
  expect(text).toContain('an exporter has it open')
  expect(text).toContain('source kafka: token')
  expect(text + JSON.stringify(shown)).not.toMatch(/secret|private/)
  expect(run('check', dir)).toMatch(/is whole: \d+ rows up to epoch 10\.\n$/)
  // It is still being written.
  await store.commit(model.next())
  expect(JSON.parse(run('check', dir, '--json'))).toMatchObject({ ok: true, epoch: 11, problems: [] })
})

test('does not change a directory after a crash', async () => {
  const { dir, store } = await running()
  const crashed = `${dir}-crashed`
  cpSync(dir, crashed, { recursive: true })
  await store.close()
  const files = () => ['state.db', 'state.db-wal', 'committed'].map(file => readFileSync(join(crashed, file)))
  const before = files()
  expect(JSON.parse(run('show', crashed, '--json'))).toMatchObject({ inUse: false, epoch: 10 })
  run('check', crashed)
  expect(files()).toEqual(before)
})

test('names damage and losses, and exits with an error', async () => {
  const { dir, store } = await running()
  const crashed = `${dir}-crashed`
  cpSync(dir, crashed, { recursive: true })
  await store.close()
  const bytes = readFileSync(join(dir, 'state.db'))
  bytes.fill(1, bytes.length - 3000)
  writeFileSync(join(dir, 'state.db'), bytes)
  const check = (path: string) =>
    spawnSync(process.execPath, [MAIN, 'state', 'check', path], { encoding: 'utf8' })
  const damaged = check(dir)
  expect(damaged.status).toBe(1)
  expect(damaged.stderr).toContain(`${dir}: `)

  const log = readFileSync(join(crashed, 'state.db-wal'))
  writeFileSync(join(crashed, 'state.db-wal'), log.subarray(0, log.length / 2))
  const cut = check(crashed)
  expect(cut.status).toBe(1)
  expect(cut.stderr).toMatch(/the state ends at epoch \d+; 10 was committed/)

  rmSync(join(crashed, 'state.db'))
  const none = check(crashed)
  expect(none.status).toBe(2)
  expect(none.stderr).toContain(`there is no state.db in ${crashed}`)
})

test('a directory that is not there, a file and an empty directory have messages of their own', () => {
  const directory = temporaryDirectory()
  onTestFinished(() => directory[Symbol.dispose]())
  const file = join(directory.path, 'a.txt')
  writeFileSync(file, '')
  const show = (path: string) =>
    spawnSync(process.execPath, [MAIN, 'state', 'show', path], { encoding: 'utf8' })
  const gone = join(directory.path, 'gone')
  for (const [path, message] of [
    [gone, `there is no directory ${gone}: give the one that \`state.dir\` names`],
    [join(file, 'below'), `there is no directory ${file}/below: give the one that \`state.dir\` names`],
    [file, `${file} is a file: give the directory with the file state.db`],
    [
      directory.path,
      `there is no state.db in ${directory.path}: give the directory that \`state.dir\` names, or run the exporter first`,
    ],
  ] as const)
    expect(show(path)).toMatchObject({ status: 2, stderr: `mood-exporter: ${message} (ERR_USAGE)\n` })
})

test('check of a file that is no database does not refer to itself', () => {
  const directory = temporaryDirectory()
  onTestFinished(() => directory[Symbol.dispose]())
  const dir = directory.path
  writeFileSync(join(dir, 'state.db'), 'not a database'.repeat(100))
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'state', 'check', dir], { encoding: 'utf8' })
  expect(stderr).toBe(
    `${dir}: state.db is damaged: file is not a database; restore a backup, or move ${dir} away to begin from zero\n`,
  )
  expect(status).toBe(1)
})
