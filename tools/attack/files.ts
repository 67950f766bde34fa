import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { startExporter } from '../stack/exporter.ts'
import type { Random } from '../torture/random.ts'
import { type AttackClass, ensure } from './attack.ts'
import { post, QUIET } from './target.ts'

const POSTS = 2000

/** If nothing more is counted for this time, everything is counted; milliseconds. */
const SETTLED_MS = 5000

interface Archive {
  name: string
  /** In each of its posts. Damage cannot turn it into the word of another archive. */
  word: string
  bytes: Buffer
  /** Posts that are complete before the damage. */
  before: number
  /** The damage, in words. */
  what: string
}

/** An archive of a number of posts on its own topic, damaged in one place. */
function damagedArchive(random: Random, index: number): Archive {
  const word = `w${random.bytes(6).toString('hex')}`
  const lines = Array.from(
    { length: POSTS },
    (_, i) => `${post(`a good day for ${word} ${random.integer(0, 1e9)}`, `${index}-${i}`)}\n`,
  )
  const text = lines.join('')
  const isGzip = random.chance(0.5)
  const sound = isGzip
    ? gzipSync(text)
    : zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
  const at = random.integer(20, sound.length - 20)
  const [what, bytes] = random.pick<() => [string, Buffer]>([
    () => ['cut', sound.subarray(0, at)],
    () => ['followed by garbage', Buffer.concat([sound, random.bytes(random.integer(3, 300))])],
    () => ['with zeros', Buffer.from(sound).fill(0, at, Math.min(at + 400, sound.length))],
    () => ['with noise', Buffer.concat([sound.subarray(0, at), random.bytes(300), sound.subarray(at + 300)])],
    () => ['without a part', Buffer.concat([sound.subarray(0, at), sound.subarray(at + 100)])],
  ])()
  const isWhole = what === 'followed by garbage'
  const start = isWhole
    ? text
    : isGzip
      ? gunzipSync(sound.subarray(0, at), { finishFlush: constants.Z_SYNC_FLUSH }).toString()
      : zstdDecompressSync(sound.subarray(0, at), { finishFlush: constants.ZSTD_e_flush }).toString()
  const before = start.split('\n').length - 1
  const name = `${index}.${isGzip ? 'gz' : 'zst'}`
  return {
    name,
    word,
    bytes,
    before,
    what: `${name} ${what} at byte ${isWhole ? sound.length : at} of ${sound.length}`,
  }
}

const archives: AttackClass = {
  title: 'damaged archives: cut, overwritten, with garbage',
  async run({ random, short, attempt }) {
    const made = Array.from({ length: short ? 12 : 120 }, (_, i) => damagedArchive(random, i))
    const config = {
      ...QUIET,
      limits: { log_lines: 10_000 },
      topics: Object.fromEntries(made.map(({ word }, i) => [`t${i}`, [word]])),
      sources: [
        { use: 'file', name: 'damaged', path: './*.{gz,zst}', format: 'post' },
        { use: 'file', name: 'sound', path: './sound.jsonl', format: 'post' },
      ],
    }
    const sound = Array.from({ length: 100 }, (_, i) => post(`a good day for ${made[0]?.word}`, `sound-${i}`))
    await using exporter = await startExporter({ ...config, sources: [{ use: 'demo', rate: 1 }] })
    for (const { name, bytes } of made) await writeFile(join(exporter.folder, name), bytes)
    await writeFile(join(exporter.folder, 'sound.jsonl'), sound.join('\n'))
    await exporter.configure(config)
    exporter.process.kill('SIGHUP')
    await exporter.until(
      samples =>
        samples.sum('mood_source_failures_total', { source: 'damaged' }) > 0 &&
        samples.sum('mood_source_posts_total', { source: 'sound' }) === sound.length,
      120_000,
    )
    // Records are counted shortly after they are read.
    let [seen, since] = [-1, Date.now()]
    const samples = await exporter.until(samples => {
      const records = samples.sum('mood_source_records_total')
      if (records !== seen) [seen, since] = [records, Date.now()]
      return Date.now() - since > SETTLED_MS
    }, 120_000)
    for (const [i, { name, before, what }] of made.entries())
      await attempt(what, async () => {
        const counted = samples.sum('mood_posts_total', { topic: `t${i}`, source: 'damaged' })
        ensure(counted >= before, `${counted} posts of ${before} before the damage are counted`)
        ensure(counted <= POSTS, `${counted} posts are counted, of ${POSTS}`)
        ensure(
          exporter.log.some(line => line.includes(`${name}: the `) && line.includes('damaged')),
          'the damage is not in the log',
        )
      })
    await attempt('a source with damaged files is not finished', async () => {
      const source = (await exporter.status()).sources.find(({ name }) => name === 'damaged')
      ensure(source !== undefined && source.state !== 'finished', `its state is ${source?.state}`)
      ensure(samples.sum('mood_source_up', { source: 'damaged' }) === 0, 'it is up')
    })
  },
}

const many: AttackClass = {
  title: 'thousands of followed files, appended to and overwritten by texts of the same size',
  async run({ short, attempt }) {
    const count = short ? 1000 : 10_000
    const line = (i: number, round: number) =>
      `${post(`a good day ${round}`, `${round}-${String(i).padStart(6, '0')}`)}\n`
    const config = { ...QUIET, sources: [{ use: 'file', path: './*.jsonl', follow: true, format: 'post' }] }
    await using exporter = await startExporter({ ...QUIET, sources: [{ use: 'demo', rate: 1 }] })
    const write = async (i: number, round: number, flag: string) =>
      writeFile(join(exporter.folder, `${i}.jsonl`), line(i, round), { flag })
    for (let i = 0; i < count; i++) await write(i, 1, 'w')
    await exporter.configure(config)
    exporter.process.kill('SIGHUP')
    const counted = async (posts: number) => {
      const samples = await exporter.until(
        samples => samples.sum('mood_source_posts_total', { source: 'file' }) >= posts,
        120_000,
      )
      const found = samples.sum('mood_source_posts_total', { source: 'file' })
      ensure(found === posts, `${found} posts are counted, of ${posts}`)
    }
    await attempt('all are read', () => counted(count), count)
    const some = Math.floor(count / 10)
    await attempt(
      'what is appended to some',
      async () => {
        for (let i = 0; i < some; i++) await write(i, 2, 'a')
        await counted(count + some)
      },
      some,
    )
    await attempt(
      'another text of the same size in some',
      async () => {
        for (let i = 0; i < some; i++) await write(count - 1 - i, 3, 'w')
        await counted(count + 2 * some)
      },
      some,
    )
  },
}

export const FILES: readonly AttackClass[] = [archives, many]
