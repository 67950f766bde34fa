import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { problemOf, temporaryDirectory } from '../src/runtime/checkpoints/store/store-testing.ts'

/** The step between the failing calls that are tried, each run with another offset; STORE_FAULTS=all tries each call. */
const STEP = process.env.STORE_FAULTS === 'all' ? 1 : 17

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const BIN = path('../bin/mood-exporter.mjs')
const hasCompiler = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0
if (!hasCompiler) console.warn('faults of the disk are not tested: install a C compiler (cc) on Linux')

let library = ''

beforeAll(() => {
  if (!hasCompiler) return
  const directory = temporaryDirectory()
  library = join(directory.path, 'shim.so')
  const { status, stderr } = spawnSync('cc', [
    '-shared',
    '-fPIC',
    '-O1',
    '-o',
    library,
    path('./faults/shim.c'),
    '-ldl',
    '-lpthread',
  ])
  if (status !== 0) throw new Error(`${stderr}`)
  return () => directory[Symbol.dispose]()
})

function newDirectory(): string {
  const directory = temporaryDirectory()
  onTestFinished(() => directory[Symbol.dispose]())
  return directory.path
}

async function run(args: string[], env: Record<string, string>): Promise<string> {
  const child = promisify(execFile)(process.execPath, [path('./faults/child.ts'), ...args], {
    env: { ...process.env, ...env, LD_PRELOAD: library },
  })
  return (await child).stdout
}

test.runIf(hasCompiler)(
  'a crash or a power failure at any call of the store loses nothing that was committed and halves nothing',
  { timeout: 600_000 },
  async () => {
    const directory = newDirectory()
    const [state, copies, note] = ['state', 'copies', 'note'].map(name => join(directory, name)) as [
      string,
      string,
      string,
    ]
    mkdirSync(state)
    mkdirSync(copies)
    await run(['copies', state], { FAULT_DIR: state, FAULT_COPIES: copies, FAULT_NOTE: note })
    const moments = readdirSync(copies).filter(name => name !== 'synced')
    expect(moments.length).toBeGreaterThan(300)
    const problems = moments.flatMap(moment => {
      const dir = join(copies, moment)
      const committed = Number(readFileSync(join(dir, 'note'), 'utf8'))
      try {
        const problem = problemOf(dir, 7, 8, committed)
        return problem ? [`${moment}: ${problem}`] : []
      } catch (error) {
        return [`${moment}: ${(error as Error).message}`]
      }
    })
    expect(problems).toEqual([])
  },
)

test.runIf(hasCompiler).each([
  ['a full disk, for a moment', constants.errno.ENOSPC, 1],
  ['a full disk, for a while', constants.errno.ENOSPC, 12],
  ['an error of the disk', constants.errno.EIO, 1],
  ['a file system that becomes read-only, for a while', constants.errno.EROFS, 12],
])(
  '%s fails commits that are then committed again, whole',
  { timeout: 3_600_000 },
  async (_, errno, times) => {
    const out = await run(
      ['fail', newDirectory(), `${errno}`, `${times}`, `${STEP}`, `${1 + (times % STEP)}`],
      {},
    )
    const { failed } = JSON.parse(out)
    expect(failed).toBeGreaterThan(0)
  },
)

test.runIf(hasCompiler)(
  'a directory on a read-only file system is refused at the start, in one line',
  async () => {
    const directory = newDirectory()
    const state = join(directory, 'state')
    mkdirSync(state)
    const config = join(directory, 'mood.yml')
    writeFileSync(config, `sources: [{ use: stdin, format: text }]\nstate: { dir: ${state} }\n`)
    const { status, stderr, stdout } = spawnSync(process.execPath, [BIN, 'run', '--config', config], {
      input: '',
      encoding: 'utf8',
      env: {
        ...process.env,
        LD_PRELOAD: library,
        FAULT_DIR: state,
        FAULT_AT: '1',
        FAULT_TIMES: '1000000',
        FAULT_ERRNO: `${constants.errno.EROFS}`,
      },
    })
    expect(status).toBe(1)
    expect(stdout).toBe('')
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(state)])
    expect(stderr).toMatch(/read-only file system.*ERR_STATE_UNWRITABLE/)
    expect(readdirSync(state)).toEqual([])
  },
)
