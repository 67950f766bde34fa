import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { ExpectedCounts } from './expected-counts.ts'
import { cascade, LogFile, removeCascaded, removeFirst } from './log-file.ts'
import { Random } from './random.ts'
import { Records } from './records.ts'
import { FILES, type Source } from './sources.ts'
import { type Spans, Timetable } from './timetable.ts'
import { PASSING_AT_START, type Topic } from './topics.ts'

/** How often it writes, in milliseconds, and for how long a pause of the process it makes up. */
const TICK_MS = 20
const MOST_TICKS = 50

/** How far apart rotations, new archives and bursts of records are. */
const SPANS = {
  live: [2000, 9000],
  rotated: [2000, 9000],
  archive: [3000, 9000],
  burst: [3000, 9000],
} as const satisfies Spans<string>

/** A burst is at most what usually comes in this number of seconds. */
const BURST_SECONDS = 8

/** How many rotated or read files it keeps when all was read. */
const KEPT = 4

export interface ProducerOptions {
  folder: string
  expected: ExpectedCounts
  seed: number
  /** Records a second that it appends to followed files, bursts apart. */
  rate: number
  /** Whether the exporter will be started again: what is not followed is read only then. */
  restarts: boolean
  /** Records of a source that the exporter has shown to be committed. */
  committed: (source: Source) => number
  spans?: Spans<keyof typeof SPANS>
}

/** Writes records to files, and adds each to the expected counts before it is written. */
export class Producer {
  readonly #options: ProducerOptions
  readonly #random: Random
  readonly #times: Timetable<keyof typeof SPANS>
  readonly #records: Record<Source, Records>
  readonly #live: LogFile
  readonly #rotated: LogFile
  readonly #passing = new Set<Topic>(PASSING_AT_START)
  /** Files that were rotated, and what is still to be written to them, with the ticks until then. */
  #leftOver: { ticks: number; finish: () => void }[] = []
  #timer: NodeJS.Timeout | undefined
  #lastTick = 0
  #due = 0
  /** Records of the source `rotated` in all files before the current one. */
  #before = 0
  #rotatedSinceCheck = false
  #files = 0

  constructor(options: ProducerOptions) {
    const { folder, seed } = options
    this.#options = options
    this.#random = new Random(seed, 'producer')
    this.#times = new Timetable(options.spans ?? SPANS, this.#random)
    const records = (source: Source, duplicates: boolean) =>
      new Records(source, new Random(seed, `records of ${source}`), duplicates)
    this.#records = {
      live: records('live', true),
      rotated: records('rotated', false),
      archive: records('archive', false),
      plain: records('plain', false),
    }
    for (const path of Object.values(FILES)) mkdirSync(dirname(join(folder, path)), { recursive: true })
    this.#live = new LogFile(join(folder, FILES.live))
    this.#rotated = new LogFile(join(folder, FILES.rotated))
    this.#growPlain(3000)
    for (let i = 0; i < 2; i++) this.#addArchive()
  }

  /** Begins, or resumes, to write. */
  resume(): void {
    if (this.#timer) return
    this.#lastTick = performance.now()
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  /** Writes what was held back, and nothing more until it resumes. */
  pause(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const { finish } of this.#leftOver.splice(0)) finish()
    this.#live.write(Buffer.alloc(0))
    this.#rotated.write(Buffer.alloc(0))
  }

  close(): void {
    this.pause()
    this.#live.close()
    this.#rotated.close()
  }

  /** Whether posts about a passing topic are written. */
  allow(topic: Topic, isAllowed: boolean): void {
    if (isAllowed) this.#passing.add(topic)
    else this.#passing.delete(topic)
  }

  /** The exporter is down: the plain file, which it reads to its end and no further, grows only now. */
  grow(): void {
    if (this.#options.restarts) this.#growPlain(this.#random.integer(50, 600))
  }

  /** Everything written is committed, and the exporter was stopped cleanly since: old files are no longer wanted. */
  checked(): void {
    const { folder } = this.#options
    this.#rotatedSinceCheck = false
    removeCascaded(join(folder, FILES.live), KEPT)
    removeFirst(join(folder, `${FILES.rotated}-`), KEPT)
    removeFirst(join(folder, FILES.archive), KEPT)
  }

  #tick(): void {
    const now = performance.now()
    const ticks = Math.min((now - this.#lastTick) / TICK_MS, MOST_TICKS)
    const { rate, restarts } = this.#options
    this.#lastTick = now
    this.#due += (ticks * TICK_MS * rate) / 1000
    if (this.#times.isDue('burst', now)) this.#due += this.#random.between(0, BURST_SECONDS * rate)
    this.#finishRotated()
    this.#append()
    if (this.#times.isDue('live', now)) this.#rotate(this.#live, cascade)
    if (this.#times.isDue('rotated', now) && this.#isRotatedKnown()) {
      this.#before = this.#options.expected.written('mood_source_records_total', { source: 'rotated' })
      this.#rotatedSinceCheck = true
      this.#rotate(this.#rotated, path => renameSync(path, `${path}-${this.#nextNumber()}`))
    }
    if (this.#times.isDue('archive', now) && restarts) this.#addArchive()
  }

  /** Appends the records that are due, of some lines only the first half. */
  #append(): void {
    const live: Buffer[] = []
    const rotated: Buffer[] = []
    for (; this.#due >= 1; this.#due--) {
      if (this.#random.chance(0.6)) live.push(this.#draw('live'))
      else rotated.push(this.#draw('rotated'))
    }
    const holdBack = () => (this.#random.chance(0.3) ? this.#random.integer(1, 300) : 0)
    this.#live.write(Buffer.concat(live), holdBack())
    this.#rotated.write(Buffer.concat(rotated), holdBack())
  }

  /**
   * A file at one path is known to the exporter once a record of it is committed; two rotations while it is down, and
   * it could not know of the one in between. And a damaged copy of its state may be as old as the last clean stop.
   */
  #isRotatedKnown(): boolean {
    return !this.#rotatedSinceCheck && this.#options.committed('rotated') > this.#before
  }

  #rotate(file: LogFile, rename: (path: string) => void): void {
    this.#leftOver.push({ ticks: this.#random.integer(0, 10), finish: file.rotate(rename) })
  }

  #finishRotated(): void {
    this.#leftOver = this.#leftOver.filter(file => {
      if (file.ticks-- > 0) return true
      file.finish()
      return false
    })
  }

  #draw(source: Source): Buffer {
    // Posts about passing topics come by the source `live` alone, for which it is soon known that all are committed.
    const passing = source === 'live' ? this.#passing : new Set<Topic>()
    const record = this.#records[source].next(passing, Date.now())
    this.#options.expected.add(source, record)
    return record.bytes
  }

  #draws(source: Source, count: number): Buffer {
    return Buffer.concat(Array.from({ length: count }, () => this.#draw(source)))
  }

  #growPlain(records: number): void {
    appendFileSync(join(this.#options.folder, FILES.plain), this.#draws('plain', records))
  }

  /** A compressed file that appears whole, of one member or frame or of several. */
  #addArchive(): void {
    const compress = this.#random.chance(0.5) ? gzipSync : zstdCompressSync
    const extension = compress === gzipSync ? 'gz' : 'zst'
    const parts = Array.from({ length: this.#random.integer(1, 3) }, () =>
      compress(this.#draws('archive', this.#random.integer(100, 500))),
    )
    const name = `${FILES.archive}${this.#nextNumber()}.jsonl.${extension}`
    const path = join(this.#options.folder, name)
    const unfinished = join(dirname(path), `.${basename(path)}`)
    writeFileSync(unfinished, Buffer.concat(parts))
    renameSync(unfinished, path)
  }

  /** Files are read in the order of their names. */
  #nextNumber(): string {
    return String(++this.#files).padStart(6, '0')
  }
}
