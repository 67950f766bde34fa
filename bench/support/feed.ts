import { BATCH_BYTES, BATCH_RECORDS, BatchWriter, batchMemory } from '../../src/pipeline/batch.ts'
import type { Plan } from '../../src/pipeline/plan.ts'
import { LineSplitter } from '../../src/plugin/line-splitter.ts'
import { type HeldBatch, Ledger } from '../../src/runtime/sources/in-flight.ts'
import { WorkerPool } from '../../src/runtime/workers/pool.ts'
import { type EncodedTally, Tally } from '../../src/state/tally.ts'
import { QUEUE_BYTES } from './plan.ts'

const CHUNK = 1 << 20

/** Worker threads, fed with lines as a source would and merged as the exporter does. */
export class Feed {
  readonly pool: WorkerPool
  tally: Tally
  readonly #ledger = new Ledger('bench')
  readonly #spare: SharedArrayBuffer[] = []
  #nextId = 1
  #room: (() => void) | null = null

  constructor(plan: Plan, workers: number) {
    this.tally = new Tally(plan.shape)
    this.pool = new WorkerPool(
      plan,
      { size: workers, heapBytes: 256 * 2 ** 20 },
      {
        delta: (plan, { tally, terms, covered }) => {
          this.tally.merge(Tally.decode(plan.shape, { ...(JSON.parse(tally) as EncodedTally), terms }))
          for (const coverage of covered)
            for (const { memory } of this.#ledger.cover(coverage)) this.#spare.push(memory)
          this.pool.merged()
          if (this.#ledger.bytes < QUEUE_BYTES) this.#room?.()
        },
        receipt: () => {},
        restarted: reason => {
          throw new Error(`a worker ended: ${reason}`)
        },
        abandoned: () => {},
        log: message => {
          if (message.type === 'log' && message.level === 'error') console.error(message)
        },
      },
    )
  }

  /** Splits the bytes into lines, hands them over as batches, and resolves when all are counted. */
  async run(bytes: Buffer): Promise<void> {
    let writer = this.#writer()
    const splitter = new LineSplitter(65_536, {
      line: line => {
        if (!writer.fits(line.length)) {
          this.#submit(writer)
          writer = this.#writer()
        }
        writer.add(line)
      },
      oversized: () => {
        throw new Error('a line is too long')
      },
    })
    for (let start = 0; start < bytes.length; start += CHUNK) {
      splitter.write(bytes.subarray(start, start + CHUNK))
      if (this.#ledger.bytes >= QUEUE_BYTES) await new Promise<void>(resolve => (this.#room = resolve))
    }
    splitter.end()
    this.#submit(writer)
    await this.pool.drained()
  }

  #writer(): BatchWriter {
    return new BatchWriter(this.#spare.pop() ?? batchMemory(BATCH_RECORDS, BATCH_BYTES), BATCH_RECORDS)
  }

  #submit({ memory, records }: BatchWriter): void {
    const batch: HeldBatch = this.#ledger.hold(this.#nextId++, {
      type: 'batch',
      id: 0,
      memory,
      records,
      receivedAt: Date.now(),
      partition: '',
      header: undefined,
      position: undefined,
      posts: false,
      receipt: false,
    })
    this.pool.submit(batch)
  }
}
