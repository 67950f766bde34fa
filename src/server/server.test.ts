import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { Body } from '../metrics/body.ts'
import type { ExporterView } from '../runtime/view.ts'
import { ask, keptLog } from './client-testing.ts'
import { LIMITS } from './limits.ts'
import { type ServerOptions, startServer } from './server.ts'
import { someStatus, someView } from './view-testing.ts'

async function serve(view: Partial<ExporterView> = {}, options: Partial<ServerOptions> = {}) {
  const log = keptLog()
  const shown = someView(view)
  const server = await startServer(shown, {
    listen: { host: '127.0.0.1', port: 0 },
    enableLifecycle: false,
    log,
    ...options,
  })
  onTestFinished(() => server.close())
  return { server, address: server.address, refusedStatuses: shown.refusedStatuses, log }
}

const OPENMETRICS =
  'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2'

test('metrics come in the format that the client prefers', async () => {
  const { address } = await serve()
  const text = await ask(`${address}/metrics`)
  expect(text.status).toBe(200)
  expect(text.headers).toMatchObject({
    'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    'cache-control': 'no-store',
    vary: 'Accept, Accept-Encoding',
  })
  expect(text.text).toBe('mood_workers 2\n')
  const openmetrics = await ask(`${address}/metrics`, { headers: { accept: OPENMETRICS } })
  expect(openmetrics.headers['content-type']).toBe(
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
  )
  expect(openmetrics.text).toBe('mood_workers 2\n# EOF\n')
})

test('metrics are compressed for a client that takes gzip, and only then', async () => {
  let body = 'mood_posts_total{topic="갤럭시"} 1\n'.repeat(1000)
  const { address } = await serve({ metrics: async () => Body.of('text/plain', body) })
  const packed = await ask(`${address}/metrics`, { headers: { 'accept-encoding': 'gzip' } })
  expect(packed.headers['content-encoding']).toBe('gzip')
  expect(packed.body.length).toBeLessThan(body.length / 10)
  expect(gunzipSync(packed.body).toString()).toBe(body)
  body = body.repeat(50)
  const large = await ask(`${address}/metrics`, { headers: { 'accept-encoding': 'gzip' } })
  expect(gunzipSync(large.body).toString()).toBe(body)
  const plain = await ask(`${address}/metrics`, { headers: { 'accept-encoding': 'gzip;q=0' } })
  expect(plain.headers['content-encoding']).toBeUndefined()
  expect(plain.text).toBe(body)
})

test('HEAD answers as GET would, without the body', async () => {
  const { address } = await serve()
  for (const path of ['/metrics', '/', '/-/healthy', '/-/ready', '/api/v1/status']) {
    const [get, head] = [await ask(address + path), await ask(address + path, { method: 'HEAD' })]
    expect(head.status).toBe(get.status)
    expect(head.headers['content-length']).toBe(get.headers['content-length'])
    expect(head.body.length).toBe(0)
  }
})

test('waiting for a scrape ends with the next one; a HEAD request or a failed scrape is none', async () => {
  let fail = true
  const metrics = async () => {
    if (fail) throw new Error('the tally is on fire')
    return Body.of('text/plain', 'a 1\n')
  }
  const { server, address, log } = await serve({ metrics })
  let isResolved = false
  const scraped = server.scraped(AbortSignal.timeout(20_000)).then(() => {
    isResolved = true
  })
  const failed = await ask(`${address}/metrics`)
  expect(failed.status).toBe(500)
  expect(failed.text).toBe('Internal Server Error\n')
  expect(log.lines).toEqual(['error a request failed the tally is on fire'])
  fail = false
  await ask(`${address}/metrics`, { method: 'HEAD' })
  expect(isResolved).toBe(false)
  expect(server.lastScrapeAt).toBeNull()
  await ask(`${address}/metrics`)
  await scraped
  expect(server.lastScrapeAt).toBeGreaterThan(Date.now() - 60_000)
})

test('it is always healthy, and ready once nothing speaks against it', async () => {
  let reasons = ['source relay has not been started', 'no worker is ready']
  const { address, refusedStatuses } = await serve({ notReady: () => reasons })
  expect((await ask(`${address}/-/healthy`)).status).toBe(200)
  const early = await ask(`${address}/-/ready`)
  expect(early.status).toBe(503)
  expect(early.text).toBe(
    'mood-exporter is not ready.\nsource relay has not been started\nno worker is ready\n',
  )
  reasons = []
  expect((await ask(`${address}/-/ready`)).status).toBe(200)
  expect(refusedStatuses).toEqual([])
})

test('the status is there as JSON and as a page that loads nothing from elsewhere', async () => {
  const { address } = await serve()
  expect(JSON.parse((await ask(`${address}/api/v1/status`)).text)).toEqual(someStatus())
  const page = await ask(`${address}/`)
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(page.headers['content-security-policy']).toMatch(
    /^default-src 'none';style-src 'sha256-[^']+';img-src data:/,
  )
  expect(page.headers['x-content-type-options']).toBe('nosniff')
  expect(page.headers['strict-transport-security']).toBeUndefined()
  expect(page.text).toContain('<h1>')
  expect((await ask(`${address}/?refresh`)).text).toContain('http-equiv="refresh"')
})

test('a reload is refused unless it was enabled', async () => {
  let reloads = 0
  const reload = async () => {
    reloads++
    return { ok: true as const }
  }
  const { address, refusedStatuses } = await serve({ reload })
  const refused = await ask(`${address}/-/reload`, { method: 'POST' })
  expect(refused.status).toBe(403)
  expect(refused.text).toBe('Lifecycle API is not enabled.\n')
  expect(reloads).toBe(0)
  expect(refusedStatuses).toEqual([403])
})

test('a reload that was enabled says whether it worked', async () => {
  let problems: string[] = []
  const reload = async () => (problems.length > 0 ? { ok: false as const, problems } : { ok: true as const })
  const { address } = await serve({ reload }, { enableLifecycle: true })
  for (const method of ['POST', 'PUT'])
    expect((await ask(`${address}/-/reload`, { method, body: 'x=1' })).status).toBe(200)
  expect((await ask(`${address}/-/reload`)).status).toBe(405)
  problems = ['mood.yml:3 topics: expected an object', 'mood.yml:9 windows: too many']
  const failed = await ask(`${address}/-/reload`, { method: 'POST' })
  expect(failed.status).toBe(500)
  expect(failed.text).toContain('\nmood.yml:3 topics: expected an object\nmood.yml:9 windows: too many\n')
})

test('a reload that takes longer than a connection may be still is answered', async () => {
  const { stalledMs } = LIMITS
  Object.assign(LIMITS, { stalledMs: 200 })
  onTestFinished(() => void Object.assign(LIMITS, { stalledMs }))
  const reload = async () => {
    // Another connection that began later has been closed by then.
    const silent = connect(Number(new URL(address).port), '127.0.0.1').resume()
    await once(silent, 'close')
    return { ok: true as const }
  }
  const { address } = await serve({ reload }, { enableLifecycle: true })
  expect((await ask(`${address}/-/reload`, { method: 'POST' })).status).toBe(200)
})

test("another site's page cannot make a browser reload it", async () => {
  const { address } = await serve({}, { enableLifecycle: true })
  const from = (site: string) =>
    ask(`${address}/-/reload`, { method: 'POST', headers: { 'sec-fetch-site': site } })
  expect((await from('cross-site')).status).toBe(403)
  expect((await from('same-origin')).status).toBe(200)
})

test('unknown paths and methods are rejected with one line of text, and counted', async () => {
  const { address, refusedStatuses } = await serve()
  const missing = await ask(`${address}/etc/passwd`)
  expect(missing.status).toBe(404)
  expect(missing.text).toBe('Not Found\n')
  expect(missing.headers['content-type']).toBe('text/plain; charset=utf-8')
  const wrong = await ask(`${address}/metrics?x`, { method: 'DELETE' })
  expect(wrong.status).toBe(405)
  expect(wrong.headers.allow).toBe('GET, HEAD')
  for (const method of ['OPTIONS', 'TRACE', 'PROPFIND', 'PATCH', 'M-SEARCH'])
    expect((await ask(`${address}/metrics`, { method })).status).toBe(405)
  const large = await ask(`${address}/-/reload`, { method: 'POST', body: 'x'.repeat(2000) })
  expect(large.status).toBe(413)
  expect((await ask(`${address}/metrics?${'x'.repeat(3000)}`)).status).toBe(414)
  expect((await ask(`${address}/metrics`, { headers: { 'x-large': 'x'.repeat(20_000) } })).status).toBe(431)
  expect((await ask(`${address}/%zz`)).status).toBe(400)
  expect(refusedStatuses).toEqual([404, 405, 405, 405, 405, 405, 405, 413, 414, 431, 400])
})

test('a port in use is reported in one line', async () => {
  const { address } = await serve()
  const port = Number(new URL(address).port)
  await expect(serve({}, { listen: { host: '127.0.0.1', port } })).rejects.toMatchObject({
    code: 'ERR_LISTEN',
    message: `cannot listen on 127.0.0.1:${port}: the port is in use by another program; choose another with \`server.listen\``,
  })
})

test('an address that this machine does not have is reported in one line', async () => {
  await expect(serve({}, { listen: { host: '192.0.2.1', port: 0 } })).rejects.toMatchObject({
    code: 'ERR_LISTEN',
    message: 'cannot listen on 192.0.2.1:0: this machine has no such address',
  })
})

test('an empty host listens everywhere, and the address can be opened', async () => {
  const { address } = await serve({}, { listen: { host: '', port: 0 } })
  expect(address).toMatch(/^http:\/\/localhost:\d+$/)
  expect((await ask(`http://127.0.0.1:${new URL(address).port}/-/healthy`)).status).toBe(200)
})

test('closing frees the port, though a client keeps its connection or never reads its answer', async () => {
  const started = Promise.withResolvers<void>()
  const metrics = () => {
    started.resolve()
    return new Promise<never>(() => {})
  }
  const { server, address } = await serve({ metrics })
  const stuck = ask(`${address}/metrics`).catch((error: Error) => error)
  await started.promise
  await server.close()
  expect(await stuck).toBeInstanceOf(Error)
  const port = Number(new URL(address).port)
  const again = createServer()
  await new Promise<void>(resolve => again.listen(port, '127.0.0.1', resolve))
  await new Promise(resolve => again.close(resolve))
})
