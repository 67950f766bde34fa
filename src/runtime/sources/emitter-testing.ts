import { BATCH_RECORDS, BatchReader } from '../../pipeline/batch.ts'
import type { Batch } from '../batch.ts'
import type { FromSource } from '../threads/messages.ts'
import { type EmitterLimits, ThreadEmitter } from './emitter.ts'

/** An emitter, and the messages that it sent to the main thread. */
export function made(limits: Partial<EmitterLimits> = {}) {
  const messages: FromSource[] = []
  const logged: unknown[][] = []
  const port = { postMessage: (message: unknown) => messages.push(message as FromSource), on: () => {} }
  const emitter = new ThreadEmitter(
    port,
    { spec: { name: 'src' }, maxRecordBytes: 100, queueBytes: 2 ** 30, ...limits },
    { write: (...line) => logged.push(line) },
  )
  emitter.pace(BATCH_RECORDS)
  const batches = () => messages.flatMap(message => (message.type === 'batch' ? message.batch : []))
  const drops = () => batches().flatMap(({ drops }) => drops)
  return { emitter, messages, logged, batches, drops }
}

export function textsOf({ memory }: Batch): string[] {
  const reader = new BatchReader(memory)
  return Array.from({ length: reader.records }, (_, i) => reader.record(i).toString('utf8'))
}

export const FULL = Array.from({ length: BATCH_RECORDS }, () => 'x')

/** A block of records that lie among other bytes. */
export function blockOf(texts: readonly string[], times: readonly number[] = texts.map(() => Number.NaN)) {
  const bytes = Buffer.from(`<${texts.join('|')}>`)
  const starts: number[] = []
  for (
    let at = 1;
    starts.length < texts.length;
    at += Buffer.byteLength(texts[starts.length - 1] as string) + 1
  )
    starts.push(at)
  const ends = starts.map((start, i) => start + Buffer.byteLength(texts[i] as string))
  return { records: texts.length, bytes: texts.map(() => bytes), starts, ends, times }
}

export const envelopedOf = ({ memory, enveloped }: Batch) => {
  const reader = new BatchReader(memory, enveloped)
  return Array.from({ length: reader.records }, (_, i) => [
    reader.bytes.toString('utf8', reader.start(i), reader.end(i)),
    reader.time(i),
    reader.envelope(i)?.headers,
  ])
}
