import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'

const PROGRAM = join(import.meta.dirname, 'testing-program.ts')

interface Report {
  ready?: boolean
  delivered?: number
  error?: string
  /** Whether standard output was open once the thread had ended. */
  open?: boolean
  crash?: string
}

/** Runs a shell command in which `$RUN` is the program that writes to its standard output. */
async function run(command: string) {
  const env = { ...process.env, RUN: `${process.execPath} ${PROGRAM}` }
  const child = spawn('sh', ['-c', command], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  const reports = createInterface({ input: child.stderr })[Symbol.asyncIterator]()
  const report = async (): Promise<Report> => JSON.parse((await reports.next()).value as string)
  expect(await report()).toEqual({ ready: true })
  return {
    child,
    /** Has windows written, and resolves to how that went. */
    async write(windows: number, more: { within?: number; topic?: string } = {}): Promise<Report> {
      child.stdin.write(`${JSON.stringify({ windows, ...more })}\n`)
      return report()
    },
    /** Resolves once the thread and then the program have ended, which must leave standard output open. */
    async end(): Promise<void> {
      child.stdin.end()
      expect(await report()).toEqual({ open: true })
      expect((await exited)[0]).toBe(0)
    },
  }
}

const keysIn = (text: string): string[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line).key)

const upTo = (n: number) => Array.from({ length: n }, (_, i) => `${i}`)

/** Windows that come to some megabytes: more than any pipe holds. */
const LARGE = { topic: 'x'.repeat(100_000) }

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'mood-stdout-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

test.for([
  ['a socket', 'exec $RUN'],
  ['a pipe', '$RUN | cat'],
] as const)('each window is a line of %s, as JSON', async ([_, command]) => {
  const { child, write, end } = await run(command)
  const output = child.stdout.toArray()
  expect(await write(2, { topic: '갤럭시' })).toEqual({ delivered: 2 })
  expect(await write(1)).toEqual({ delivered: 1 })
  await end()
  const text = Buffer.concat(await output).toString()
  expect(keysIn(text)).toEqual(['0', '1', '2'])
  expect(JSON.parse(text.split('\n')[0] as string)).toMatchObject({
    kind: 'window',
    window: '1m',
    rows: [{ topic: '갤럭시', scorer: 'afinn', posts: { positive: 1 }, score: 0.5 }],
  })
})

test('a file is written from the position of its descriptor', async () => {
  const path = join(folder(), 'windows.ndjson')
  const { write, end } = await run(`(echo '{"key":"first"}'; exec $RUN) > ${path}`)
  expect(await write(3, LARGE)).toEqual({ delivered: 3 })
  await end()
  expect(keysIn(readFileSync(path, 'utf8'))).toEqual(['first', '0', '1', '2'])
})

test('/dev/null takes everything', async () => {
  const { write, end } = await run('exec $RUN > /dev/null')
  expect(await write(3, LARGE)).toEqual({ delivered: 3 })
  await end()
})

test.for([
  ['a socket', 'exec $RUN'],
  ['a pipe', '$RUN | cat'],
] as const)(
  'a slow reader of %s gets each line once and whole, also after a write timed out',
  async ([_, command]) => {
    const { child, write, end } = await run(command)
    for (let attempt = 0; attempt < 3; attempt++) {
      const { delivered, error } = await write(20, { ...LARGE, within: 200 })
      expect({ delivered, error }).toEqual({ delivered: 0, error: expect.stringContaining('TimeoutError') })
    }
    const output = child.stdout.toArray()
    expect(await write(1)).toEqual({ delivered: 61 })
    await end()
    expect(keysIn(Buffer.concat(await output).toString())).toEqual(upTo(61))
  },
)

test.for([
  ['a socket', 'exec $RUN'],
  ['a pipe', '$RUN | true'],
] as const)('%s without a reader fails only the write', async ([_, command]) => {
  const { child, write, end } = await run(command)
  child.stdout.destroy()
  // What is written before the other end has closed may still find room.
  await expect.poll(async () => (await write(1)).error).toMatch(/nothing reads it \(E/)
  const { delivered, error, crash } = await write(1)
  expect({ delivered, crash }).toEqual({ delivered: 0, crash: undefined })
  expect(error).toMatch(/nothing reads it \((EPIPE|ENXIO|ECONNRESET)\)/)
  await end()
})

test('a named pipe is written to again once it has another reader', async () => {
  const pipe = join(folder(), 'pipe')
  // The shell's own descriptor lets the pipe be opened without a reader, and is closed before the program starts.
  const { write, end } = await run(`mkfifo ${pipe} && exec 3<>${pipe} && exec $RUN > ${pipe} 3<&-`)
  expect((await write(2)).error).toMatch(/nothing reads it/)
  const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] })
  const output = reader.stdout.toArray()
  await expect.poll(async () => (await write(0)).delivered).toBe(2)
  expect(await write(1)).toEqual({ delivered: 1 })
  await end()
  expect(keysIn(Buffer.concat(await output).toString())).toEqual(['0', '1', '2'])
})

test('a closed standard output fails only the write', async () => {
  const { write, end } = await run('exec $RUN >&-')
  const { delivered, crash } = await write(1)
  expect(crash).toBeUndefined()
  // Node.js opens /dev/null in its place.
  expect(delivered).toBe(1)
  await end()
})
