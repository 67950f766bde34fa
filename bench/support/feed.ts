import { BATCH_BYTES, BATCH_RECORDS, BatchWriter, batchMemory } from '../../src/pipeline/batch.ts'
import type { WorkerConfig } from '../../src/pipeline/worker-config.ts'
import { LineSplitter } from '../../src/plugin/line-splitter.ts'
import { Checkpoints } from '../../src/runtime/checkpoints/checkpoints.ts'
import { InFlight } from '../../src/runtime/sources/in-flight.ts'
import { WorkerPool } from '../../src/runtime/workers/pool.ts'
import { BatchQueue } from '../../src/runtime/workers/queue.ts'
import { State } from '../../src/state/state.ts'
import { benchShape, QUEUE_BYTES } from './worker-config.ts'

const CHUNK = 1 << 20

/** How long an epoch accepts batches if nothing is written, in milliseconds. */
const EPOCH_MS = 200

/** Worker threads that receive lines as from a source and are merged epoch by epoch as in the exporter. */
export class Feed {
  readonly pool: WorkerPool
  readonly state = new State(benchShape)
  readonly #checkpoints: Checkpoints
  readonly #queue = new BatchQueue()
  readonly #inFlight = new InFlight('bench')
  readonly #spare: SharedArrayBuffer[] = []
  #nextId = 1
  #room: (() => void) | null = null

  constructor(workerConfig: WorkerConfig, workers: number) {
    this.#checkpoints = new Checkpoints(
      this.state,
      { interval: EPOCH_MS, collect: () => false, store: null, lastRecord: 0 },
      {
        cut: () => this.pool.cut(),
        delivered: batches => {
          for (const batch of batches) {
            this.#spare.push(batch.memory)
            this.#inFlight.release(batch)
          }
          if (this.#inFlight.bytes < QUEUE_BYTES) this.#room?.()
        },
        dispatch: () => this.pool.dispatch(),
        committed: ({ batches }) => this.#inFlight.commit(batches.get('bench') ?? [], []),
        closed: () => {},
        failed: error => {
          throw error
        },
      },
    )
    this.pool = new WorkerPool(
      workerConfig,
      this.#queue,
      { size: workers, workerMemory: 256 * 2 ** 20 },
      {
        epochOf: batch => this.#checkpoints.epochOf(batch),
        delta: (delta, batches) => this.#checkpoints.deliver(delta, batches),
        mapped: () => {},
        abandoned: () => {},
        recorded: () => {},
        sampled: () => {},
        restarted: reason => {
          throw new Error(`a worker ended: ${reason}`)
        },
        store: async ({ id }) => ({ type: 'stored', id }),
        log: message => {
          if (message.type === 'log' && message.level === 'error') console.error(message)
        },
      },
    )
  }

  /** Splits the bytes into lines, sends them as batches, and resolves when all are counted. */
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
      if (this.#inFlight.bytes >= QUEUE_BYTES) await new Promise<void>(resolve => (this.#room = resolve))
    }
    splitter.end()
    this.#submit(writer)
    do await this.#checkpoints.settled()
    while (this.#queue.size > 0)
  }

  #writer(): BatchWriter {
    return new BatchWriter(this.#spare.pop() ?? batchMemory(BATCH_RECORDS, BATCH_BYTES), BATCH_RECORDS)
  }

  #submit({ memory, records, bytes }: BatchWriter): void {
    const id = this.#nextId++
    const group = this.#inFlight.track(
      {
        id,
        memory,
        records,
        bytes,
        receivedAt: Date.now(),
        partition: '',
        header: undefined,
        position: undefined,
        endsGroup: true,
        posts: false,
        acknowledge: null,
        drops: [],
      },
      id,
    )
    if (group) this.#queue.push(group)
    this.pool.dispatch()
  }
}
