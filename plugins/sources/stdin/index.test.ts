import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'

const PROGRAM = join(import.meta.dirname, 'testing-thread.ts')

type Event = { pid?: number; record?: string; down?: string; done?: number; error?: string }

/** Runs a shell command in which `$RUN` is the program that runs the source in a thread. */
function run(command: string) {
  const env = { ...process.env, RUN: `${process.execPath} ${PROGRAM}` }
  const child = spawn('sh', ['-c', command], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  return { child, exited, events: eventsOf(child.stdout) }
}

async function* eventsOf(output: Readable): AsyncGenerator<Event> {
  for await (const line of createInterface({ input: output })) yield JSON.parse(line)
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** All records that a command's source handed over, and how it ended. */
async function readAll(command: string) {
  const { events, exited } = run(command)
  const all = await Array.fromAsync(events)
  expect(await exited).toEqual([0, null])
  return { records: all.flatMap(({ record }) => record ?? []), ending: all.at(-1) }
}

test('a pipe is read to its end, a last line without a line end included', async () => {
  const { records, ending } = await readAll(`printf 'one\\r\\n\\ntwo\\nthree' | $RUN`)
  expect(records).toEqual(['one', 'two', 'three'])
  expect(ending).toEqual({ done: 3 })
})

test('a file is read from the offset of its descriptor', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mood-stdin-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'posts.txt')
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i}`)
  writeFileSync(path, lines.join('\n'))
  expect((await readAll(`$RUN < ${path}`)).records).toEqual(lines)
  expect((await readAll(`(read first; $RUN) < ${path}`)).records).toEqual(lines.slice(1))
})

test.each([
  ['/dev/null', '$RUN < /dev/null'],
  ['an empty pipe', 'true | $RUN'],
  ['a closed standard input', '$RUN <&-'],
])('%s contains no records and is not an error', async (_, command) => {
  expect((await readAll(command)).ending).toEqual({ done: 0 })
})

test.each([
  // What Node gives a child as its standard input is a socket.
  ['a socket', 'exec $RUN'],
  ['a pipe', 'cat | $RUN'],
])(
  'from %s, records come as they are written, and it stops at once while nothing comes',
  async (_, command) => {
    const { child, events, exited } = run(command)
    const up: Event = (await events.next()).value
    child.stdin.write('one\ntw')
    expect((await events.next()).value).toEqual({ record: 'one' })
    child.stdin.write('o\n')
    expect((await events.next()).value).toEqual({ record: 'two' })
    process.kill(up.pid as number, 'SIGTERM')
    expect((await events.next()).value).toEqual({ done: 2 })
    // The program is gone although its standard input is open.
    await expect.poll(() => isRunning(up.pid as number)).toBe(false)
    child.stdin.end()
    expect(await exited).toEqual([0, null])
  },
)

/** A file with these bytes. */
function fileOf(bytes: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'mood-stdin-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'posts')
  writeFileSync(path, bytes)
  return path
}

test.each([
  ['gzip', gzipSync('one\n좋아요\nthree')],
  ['zstd of several frames', Buffer.concat(['one\n좋', '아요\nthree'].map(part => zstdCompressSync(part)))],
  ['UTF-16 with a byte order mark', Buffer.from('\ufeffone\n좋아요\nthree', 'utf16le')],
  ['UTF-8 with a byte order mark', Buffer.from('\ufeffone\n좋아요\nthree')],
])('%s is detected and read', async (_, bytes) => {
  const { records, ending } = await readAll(`cat ${fileOf(bytes)} | $RUN`)
  expect(records).toEqual(['one', '좋아요', 'three'])
  expect(ending).toEqual({ done: 3 })
})

test('another encoding is read where it is named', async () => {
  const korean = fileOf(Buffer.of(0xc1, 0xa4, 0xb8, 0xbb, 0x0a))
  const { records } = await readAll(`STDIN_OPTIONS='{"encoding":"cp949"}' $RUN < ${korean}`)
  expect(records).toEqual(['정말'])
})

test.each([
  [
    'no text',
    Buffer.from('BZh91AY&SY....\nmore\n'),
    /^standard input is bzip2, which is not read: unpack it first/,
  ],
  [
    'damaged',
    gzipSync('one\n').subarray(0, 20),
    /^standard input is damaged at byte \d+; what comes before was read: ./,
  ],
])('input that is %s leaves the source down, rather than finished', async (_, bytes, message) => {
  const { events, exited } = run(`cat ${fileOf(bytes)} | $RUN`)
  const up: Event = (await events.next()).value
  let event: Event = (await events.next()).value
  while (event.record !== undefined) event = (await events.next()).value
  expect(event.down).toMatch(message)
  process.kill(up.pid as number, 'SIGTERM')
  await events.next()
  expect(await exited).toEqual([0, null])
})
