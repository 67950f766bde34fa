/** Runs under shim.c: commits epochs to a store, and looks what it holds after calls that failed. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MoodError } from '../../src/catalogue/errors.ts'
import { CommitFailed } from '../../src/runtime/checkpoints/store/errors.ts'
import { Store } from '../../src/runtime/checkpoints/store/store.ts'
import { CONFIGURATION, LiveModel, problemOf } from '../../src/runtime/checkpoints/store/store-testing.ts'

const [, , mode = '', directory = '', errno = '', times = '', step = '1', first = '1'] = process.argv
const SEED = 7
const EPOCHS = 8

/** Commits epochs one after the other, each until it is committed. Returns how many had to be tried again. */
async function run(dir: string, noteFile: string | null): Promise<number> {
  const model = new LiveModel(SEED)
  const note = (epoch: number) => noteFile && writeFileSync(noteFile, `${epoch}`)
  note(0)
  let retries = 0
  const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let attempt = 0; ; attempt++)
      try {
        return await work()
      } catch (error) {
        const isExpected =
          error instanceof CommitFailed || (error instanceof MoodError && error.code.startsWith('ERR_STATE'))
        if (!isExpected || attempt === 30) throw error
        retries++
      }
  }
  const { store } = await patiently(() =>
    Store.open({
      dir,
      configuration: CONFIGURATION,
      compaction: { epochs: 3, bytes: 2 ** 20 },
      log: () => {},
    }),
  )
  for (let i = 0; i < EPOCHS; i++) {
    const record = model.next()
    await patiently(() => store.commit(record))
    note(record.epoch)
    if (i === 3) {
      await patiently(() => store.publish(2, [{ output: 'webhook', event: 1 }]))
      await patiently(() => store.pluginStore('source kafka').set('token', 'x'))
    }
    // The compaction gets its turns, and is cut short by the next commit at times.
    if (i % 3 === 2) await new Promise(resolve => setTimeout(resolve, 20))
  }
  await store.close()
  return retries
}

if (mode === 'copies') {
  await run(directory, process.env.FAULT_NOTE ?? null)
} else {
  const runWith = async (at: number) => {
    const dir = join(directory, `${at}`)
    mkdirSync(dir)
    Object.assign(process.env, { FAULT_DIR: dir, FAULT_RUN: `${at}`, FAULT_AT: `${at}` })
    const retries = await run(dir, null)
    process.env.FAULT_AT = '0'
    const problem = problemOf(dir, SEED, EPOCHS, EPOCHS)
    if (problem) throw new Error(`call ${at} failed with ${errno}, ${times} times: ${problem}`)
    return retries
  }
  const count = join(directory, 'count')
  writeFileSync(count, '')
  Object.assign(process.env, { FAULT_ERRNO: errno, FAULT_TIMES: times, FAULT_COUNT: count })
  await runWith(0)
  const calls = statSync(count).size
  process.env.FAULT_COUNT = ''
  let failed = 0
  for (let at = Number(first); at <= calls; at += Number(step)) if ((await runWith(at)) > 0) failed++
  console.log(JSON.stringify({ calls, failed }))
}
