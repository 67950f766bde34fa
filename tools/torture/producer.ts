import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { FILES, PASSING_AT_START, type Source, type Topic } from './config.ts'
import type { ExpectedCounts } from './expected-counts.ts'
import { cascade, LogFile, removeCascaded, removeFirst } from './log-file.ts'
import { Random } from './random.ts'
import { Records } from './records.ts'

/** How often it writes, and the longest pause of the process that it makes up for, in milliseconds. */
const TICK_MS = 20
const MOST_TICKS = 50

/** The time between rotations, new archives and bursts of records. */
const SPANS = {
  live: [2000, 9000],
  rotated: [2000, 9000],
  archive: [3000, 9000],
  burst: [3000, 9000],
} as const satisfies Spans<string>

/** The maximum size of a burst, as a number of seconds at the usual rate. */
const BURST_SECONDS = 8

/** How many rotated or completed files it keeps after everything was read. */
const KEPT = 4

export interface ProducerOptions {
  folder: string
  expected: ExpectedCounts
  seed: number
  /** Records a second that it appends to followed files, without bursts. */
  rate: number
  /** Whether the exporter will be started again: files that are not followed are read only at a start. */
  restarts: boolean
  /** How many records of a source the exporter shows as committed. */
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
  /** Rotated files with the rest to write to them, and the number of ticks until then. */
  #leftOver: { ticks: number; finish: () => void }[] = []
  #timer: NodeJS.Timeout | undefined
  #lastTick = 0
  #due = 0
  /** The number of records of the source `rotated` in all files before the current one. */
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

  /** Starts or resumes writing. */
  resume(): void {
    if (this.#timer) return
    this.#lastTick = performance.now()
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  /** Writes what was held back, then nothing until `resume`. */
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

  /** Allows or stops posts about a passing topic. */
  allow(topic: Topic, isAllowed: boolean): void {
    if (isAllowed) this.#passing.add(topic)
    else this.#passing.delete(topic)
  }

  /**
   * Appends to the plain file while the exporter is down: it reads that file to its end at the start and no further.
   */
  grow(): void {
    if (this.#options.restarts) this.#growPlain(this.#random.integer(50, 600))
  }

  /** Everything written is committed, and the exporter was stopped cleanly afterwards: old files can be removed. */
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

  /** Appends the records that are due; of some lines only the first half. */
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
   * Whether the exporter knows the current file of `rotated`: it does once a record of that file is committed. After
   * two rotations while it is down, it could not know the file in between. A damaged copy of its state may be as old
   * as the last clean stop.
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
    // Posts about passing topics come only from the source `live`, whose records are known to be committed soon.
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

  /** Adds a complete compressed file, with one or several members or frames. */
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

/** The shortest and longest interval, in milliseconds. */
type Spans<What extends string> = Readonly<Record<What, readonly [from: number, to: number]>>

/** Says when a recurring event is due, at random intervals. */
class Timetable<What extends string> {
  readonly #spans: Spans<What>
  readonly #random: Random
  readonly #next = new Map<What, number>()

  constructor(spans: Spans<What>, random: Random) {
    this.#spans = spans
    this.#random = random
  }

  /** True if the event is due; then the next time is chosen. The first call only chooses a time. */
  isDue(what: What, now: number): boolean {
    const next = this.#next.get(what)
    if (next !== undefined && now < next) return false
    const [from, to] = this.#spans[what]
    this.#next.set(what, now + this.#random.between(from, to))
    return next !== undefined
  }
}
