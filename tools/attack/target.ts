import { sendRaw } from '../../src/server/client-testing.ts'
import type { RunningExporter } from '../stack/exporter.ts'
import { ensure } from './attack.ts'

/** How long a scrape may take while the machine is busy with the attack, in milliseconds. */
const SCRAPE_MS = 15_000

/** A minimal configuration. */
export const QUIET = { languages: { detect: false }, workers: 1, extractors: [] }

/** Rejects unless the exporter runs and answers a scrape. */
export async function answers({ url, process: { exitCode, signalCode } }: RunningExporter): Promise<string> {
  ensure(exitCode === null && signalCode === null, `it ended with ${exitCode ?? signalCode}`)
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(SCRAPE_MS) })
  ensure(response.status === 200, `/metrics answered ${response.status}`)
  return response.text()
}

/** Sends raw bytes. Resolves to the answer up to the end of the connection, or to a silence of `quietMs`. */
export const raw = (url: string, bytes: string | Buffer, quietMs = 150): Promise<string> =>
  sendRaw(url, bytes, quietMs)

/** The statuses of all answers in the received text. */
export const statuses = (got: string): number[] =>
  [...got.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status))

export const post = (text: string, id: string) =>
  JSON.stringify({ id, text, createdAt: Date.now(), lang: 'en' })
