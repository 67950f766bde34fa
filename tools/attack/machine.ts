import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, rmSync, symlinkSync, truncateSync, writeSync } from 'node:fs'
import { cp, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type RunningExporter, startExporter } from '../stack/exporter.ts'
import { onPath } from '../stack/tools.ts'
import { fill, mount, unmount, whyNoMount } from '../torture/disk.ts'
import { type AttackClass, ensure } from './attack.ts'
import { answers, post, QUIET } from './target.ts'

const HTTP = { ...QUIET, sources: [{ use: 'http', listen: '127.0.0.1:0' }] }
const STATE = { ...HTTP, state: { dir: './state' } }

/** How long it may take to end, in milliseconds: `server.shutdown_timeout` is 1 s, plus up to four. */
const END_MS = 20_000

/** Sends a number of posts and resolves when they are counted. */
async function count(
  exporter: RunningExporter,
  posts: number,
  already: number,
  at = Date.now(),
): Promise<void> {
  const lines = Array.from({ length: posts }, (_, i) =>
    JSON.stringify({ id: `${at}-${already}-${i}`, text: 'a good day', createdAt: at, lang: 'en' }),
  )
  await exporter.push(lines)
  await exporter.until(samples => samples.sum('mood_source_posts_total') === already + posts)
}

async function ends(exporter: RunningExporter, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  const end = await Promise.race([exporter.stop(signal), sleep(END_MS, 'late' as const, { ref: false })])
  if (end === 'late') throw new Error(`it did not end within ${END_MS / 1000} s of ${signal}`)
  return end
}

/** The clock of every thread is ahead of the machine's by the content of a file, in milliseconds. */
const CLOCK = `
import { readFileSync } from 'node:fs'
const now = Date.now
let ahead = 0
let readAt = -Infinity
Date.now = () => {
  if (performance.now() - readAt > 20) {
    readAt = performance.now()
    try { ahead = Number(readFileSync(process.env.ATTACK_CLOCK, 'utf8')) || 0 } catch {}
  }
  return now() + ahead
}
`

const clocks: AttackClass = {
  title: 'a clock that jumps',
  async run({ short, attempt }) {
    const folder = await mkdtemp(join(tmpdir(), 'mood-attack-clock-'))
    const [file, module] = [join(folder, 'ahead'), join(folder, 'clock.mjs')]
    await Promise.all([writeFile(file, '0'), writeFile(module, CLOCK)])
    const config = {
      ...STATE,
      windows: [{ size: '1s', lateness: '0s' }],
      limits: { future: '5s', idle: '1s' },
    }
    const hours = (n: number) => n * 3_600_000
    const jumps = short
      ? [hours(1)]
      : [hours(1), hours(-1), hours(24 * 365 * 12), hours(-24 * 365 * 20), 90_000, -90_000]
    try {
      await using exporter = await startExporter(config, {
        env: { ATTACK_CLOCK: file, NODE_OPTIONS: `--import=${module}` },
      })
      let counted = 0
      for (const jump of jumps)
        await attempt(`${jump / 3_600_000} h, and back`, async () => {
          await count(exporter, 5, counted)
          await writeFile(file, String(jump))
          await count(exporter, 5, counted + 5, Date.now() + jump)
          await writeFile(file, '0')
          counted += 10
          // Until event time reaches the clock, and windows close again.
          const deadline = Date.now() + 60_000
          for (;;) {
            const before = (await exporter.samples()).sum('mood_late_posts_total')
            await count(exporter, 5, counted)
            counted += 5
            await sleep(2500)
            const samples = await exporter.samples()
            const end = samples.sum('mood_window_end_timestamp_seconds', { window: '1s' })
            const late = samples.sum('mood_late_posts_total') - before
            if (late === 0 && Math.abs(Date.now() / 1000 - end) < 30) return
            ensure(Date.now() < deadline, `windows end at ${end}, and ${late} of 5 posts are late`)
          }
        })
      await attempt('all is counted, and kept over a restart', async () => {
        await ends(exporter)
        await using again = await startExporter(config, { folder: exporter.folder })
        const found = (await again.samples()).sum('mood_source_posts_total')
        ensure(found === counted, `${found} posts are counted, of ${counted}`)
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  },
}

const HARMLESS = ['SIGUSR1', 'SIGPIPE', 'SIGWINCH', 'SIGURG', 'SIGCHLD', 'SIGCONT'] as const

const signals: AttackClass = {
  title: 'signals: a storm of them, while it starts, reloads and stops',
  async run({ short, attempt }) {
    await attempt('hundreds, of all kinds, and a stop in the middle', async () => {
      await using exporter = await startExporter(STATE)
      await count(exporter, 10, 0)
      for (let i = 0; i < (short ? 100 : 500); i++) {
        exporter.process.kill('SIGHUP')
        exporter.process.kill(HARMLESS[i % HARMLESS.length] as NodeJS.Signals)
        if (i % 20 === 0) await answers(exporter)
      }
      ensure(!exporter.log.some(line => line.includes('Debugger')), 'the debugger listens')
      await count(exporter, 10, 10)
      exporter.process.kill('SIGHUP')
      ensure((await ends(exporter)) === 0, 'it did not end with 0')
    })
    const bin = fileURLToPath(new URL('../../bin/mood-exporter.mjs', import.meta.url))
    for (const ms of short ? [100, 400] : [0, 25, 50, 100, 200, 400, 800, 1600])
      await attempt(`a stop ${ms} ms after the start`, async () => {
        const folder = await mkdtemp(join(tmpdir(), 'mood-attack-start-'))
        await writeFile(
          join(folder, 'mood.yml'),
          'server: { listen: "127.0.0.1:0", shutdown_timeout: 1s }\nsources: [{ use: demo }]\nstate: { dir: ./state }\n',
        )
        const child = spawn(process.execPath, [bin, 'run', '--config', 'mood.yml'], {
          cwd: folder,
          stdio: 'ignore',
        })
        try {
          const exit = once(child, 'exit')
          await sleep(ms)
          child.kill('SIGTERM')
          const end = await Promise.race([exit, sleep(END_MS, null, { ref: false })])
          ensure(end !== null, 'it did not end')
        } finally {
          child.kill('SIGKILL')
          await rm(folder, { recursive: true, force: true })
        }
      })
  },
}

const launcher: AttackClass = {
  title: 'a launcher that is killed',
  async run({ attempt }) {
    await attempt('SIGKILL', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'mood-attack-launcher-'))
      await writeFile(
        join(folder, 'mood.yml'),
        'server: { listen: "127.0.0.1:0" }\nsources: [{ use: demo }]\n',
      )
      // A copy under another name is not the pinned Node.js, so it starts that.
      const node = join(folder, 'node')
      await cp(await realpath(process.execPath), node)
      const bin = fileURLToPath(new URL('../../bin/mood-exporter.mjs', import.meta.url))
      const child = spawn(node, [bin, 'run', '--config', 'mood.yml'], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      try {
        const url = await new Promise<string>((resolve, reject) => {
          createInterface({ input: child.stdout }).on('line', line => {
            const [, url] = /Metrics +(\S+)/.exec(line) ?? []
            if (url) resolve(url)
          })
          child.once('exit', () => reject(new Error('it ended')))
        })
        child.kill('SIGKILL')
        const deadline = Date.now() + 60_000
        for (;;) {
          const answer = await fetch(url).catch(() => null)
          if (answer === null) return
          ensure(Date.now() < deadline, 'the exporter holds its port')
          await sleep(100)
        }
      } finally {
        child.kill('SIGKILL')
        await rm(folder, { recursive: true, force: true })
      }
    })
  },
}

const environments: AttackClass = {
  title: 'odd environments: few descriptors, closed streams, one I/O thread, no variables',
  impossible: () => (onPath('prlimit') ? null : '`prlimit` is not on the PATH: apt-get install util-linux'),
  async run({ short, attempt }) {
    const shell = (redirection: string) => ['sh', '-c', `exec "$@" ${redirection}`, 'sh']
    const kinds: Record<string, { through?: string[]; env?: Record<string, string> }> = {
      '64 descriptors': { through: ['prlimit', '--nofile=64'] },
      '24 descriptors': { through: ['prlimit', '--nofile=24'] },
      'no standard input': { through: shell('<&-') },
      'no log': { through: shell('2>&-') },
      'no variables': { through: ['env', '-i'] },
      'one I/O thread': { env: { UV_THREADPOOL_SIZE: '1' } },
      ...(short
        ? {}
        : {
            'a small heap': { env: { NODE_OPTIONS: '--max-old-space-size=64' } },
            'no temporary folder': { env: { TMPDIR: '/nowhere' } },
            'no time zone': { env: { TZ: ':::/\u0001' } },
            'a proxy that is none': { env: { HTTP_PROXY: 'http://127.0.0.1:9', NODE_USE_ENV_PROXY: '1' } },
            'a signal that is ignored': { through: ['env', '--ignore-signal=INT'] },
          }),
    }
    for (const [kind, how] of Object.entries(kinds))
      await attempt(kind, async () => {
        let exporter: RunningExporter
        try {
          exporter = await startExporter(STATE, how)
        } catch (error) {
          // A rejection counts as survived if it says why.
          const { message } = error as Error
          ensure(!/^\s+at /m.test(message), `it ended with ${message}`)
          return
        }
        await using running = exporter
        if (kind === 'no log') {
          // The address of the source is only in the log.
          await answers(running)
        } else await count(running, 5, 0)
        ensure((await ends(running)) === 0, 'it did not end with 0')
      })
  },
}

/** State directories with paths that are not files, and other damage. */
const oddStates: AttackClass = {
  title: 'a state directory with pipes, folders, devices and emptied files in it',
  async run({ short, attempt }) {
    const made = await startExporter(STATE)
    await count(made, 5, 0)
    await ends(made)
    const origin = made.folder
    const replaced = (make: (path: string) => void) => (path: string) => {
      rmSync(path, { recursive: true, force: true })
      make(path)
    }
    const kinds: Record<string, (path: string) => void> = {
      'a pipe': replaced(path => execFileSync('mkfifo', [path])),
      'a folder': replaced(path => mkdirSync(path)),
      '/dev/zero': replaced(path => symlinkSync('/dev/zero', path)),
      '/dev/full': replaced(path => symlinkSync('/dev/full', path)),
      'a link to itself': replaced(path => symlinkSync(path, path)),
      nothing: replaced(path => closeSync(openSync(path, 'w'))),
    }
    const files = short
      ? ['state.db', 'committed']
      : ['state.db', 'state.db-wal', 'lock.db', 'lock.db-journal', 'committed', '']
    for (const file of files)
      for (const [kind, act] of Object.entries(kinds)) {
        // An empty directory is normal for a first start.
        if (file === '' && kind === 'a folder') continue
        await attempt(`${file || 'the directory'} is ${kind}`, async () => {
          const folder = await mkdtemp(join(tmpdir(), 'mood-attack-state-'))
          try {
            await cp(origin, folder, { recursive: true })
            act(join(folder, 'state', file))
            const started = startExporter(STATE, { folder }).catch((error: Error) => error)
            const found = await Promise.race([started, sleep(60_000, null, { ref: false })])
            ensure(found !== null, 'it neither started nor ended')
            if (found instanceof Error) {
              const lines = found.message.split('\n').slice(1).filter(Boolean)
              ensure(lines.length > 0 && !lines.some(line => /^\s+at /.test(line)), found.message)
              return
            }
            const exporter = found as RunningExporter
            const samples = await exporter.samples()
            const isWhole = samples.sum('mood_source_posts_total') === 5
            const isNamed = exporter.log.some(line => /"level":"(warn|error)"/.test(line))
            ensure((await ends(exporter)) === 0, 'it did not end with 0')
            ensure(isWhole || isNamed, 'counts are gone, and nothing says so')
          } finally {
            await rm(folder, { recursive: true, force: true })
          }
        })
      }
    await attempt('it is emptied and overwritten while it is in use', async () => {
      const exporter = await startExporter(STATE)
      try {
        await count(exporter, 5, 0)
        const path = join(exporter.folder, 'state', 'state.db')
        const fd = openSync(path, 'r+')
        writeSync(fd, Buffer.alloc(4096, 7), 0, 4096, 0)
        closeSync(fd)
        truncateSync(`${path}-wal`, 0)
        await Promise.race([exporter.push([post('a good day', 'x')]), sleep(2000, null, { ref: false })])
        await answers(exporter)
        await ends(exporter)
      } finally {
        await exporter[Symbol.asyncDispose]()
      }
    })
    await rm(origin, { recursive: true, force: true })
  },
}

const disks: AttackClass = {
  title: 'a full disk, under the state and under an output',
  impossible: () => {
    const why = whyNoMount()
    return why === undefined ? null : `no file system can be mounted: ${why}`
  },
  async run({ attempt }) {
    const folder = await mkdtemp(join(tmpdir(), 'mood-attack-disk-'))
    mount(folder, 8 * 2 ** 20)
    try {
      const config = {
        ...HTTP,
        windows: [{ size: '1s', lateness: '0s' }],
        state: { dir: join(folder, 'state') },
        outputs: [{ use: 'file', path: join(folder, 'windows.ndjson') }],
      }
      await using exporter = await startExporter(config)
      await attempt('counts stop, and continue from where they were', async () => {
        await count(exporter, 5, 0)
        const free = fill(folder)
        const pushed = exporter.push(
          Array.from({ length: 2000 }, (_, i) => post(`a good day #t${i}`, `full-${i}`)),
        )
        await exporter.until(samples => samples.sum('mood_state_commit_failures_total') > 0)
        await answers(exporter)
        free()
        await pushed
        await exporter.until(samples => samples.sum('mood_source_posts_total') === 2005)
        ensure((await ends(exporter)) === 0, 'it did not end with 0')
      })
    } finally {
      unmount(folder)
      await rm(folder, { recursive: true, force: true })
    }
  },
}

const largeReloads: AttackClass = {
  title: 'reloads with thousands of topics, while it is scraped',
  async run({ short, attempt }) {
    const base = { ...QUIET, sources: [{ use: 'demo', rate: 20 }] }
    await using exporter = await startExporter(base, { args: ['--web.enable-lifecycle'] })
    for (const topics of short ? [1000] : [1000, 10_000])
      await attempt(`${topics} topics of 20 keywords`, async () => {
        await exporter.configure({
          ...base,
          topics: Object.fromEntries(
            Array.from({ length: topics }, (_, i) => [
              `t${i}`,
              Array.from({ length: 20 }, (_, k) => `k${k}of${i}`),
            ]),
          ),
        })
        const reload = fetch(`${exporter.url}/-/reload`, { method: 'POST' })
        await exporter.scrapedWhile(reload)
        ensure((await reload).status === 200, `it answered ${(await reload).status}`)
      })
  },
}

export const MACHINE: readonly AttackClass[] = [
  clocks,
  signals,
  launcher,
  environments,
  oddStates,
  disks,
  largeReloads,
]
