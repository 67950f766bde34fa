import { Agent, get } from 'node:http'

const HEADERS = { accept: 'application/openmetrics-text;version=1.0.0', 'accept-encoding': 'gzip' }

/**
 * Requests over one connection, as from Prometheus. Resolves to the milliseconds until the last byte of each answer.
 */
export async function latencies(url: string, requests: number, everyMs: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true })
  const ask = () =>
    new Promise<number>((resolve, reject) => {
      const started = performance.now()
      get(url, { agent, headers: HEADERS }, response => {
        response.resume().on('end', () => resolve(performance.now() - started))
      }).on('error', reject)
    })
  const times: number[] = []
  for (let i = 0; i < requests; i++) {
    times.push(await ask())
    await new Promise(resolve => setTimeout(resolve, everyMs))
  }
  agent.destroy()
  return times
}
