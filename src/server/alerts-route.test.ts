import { expect, onTestFinished, test } from 'vitest'
import type { ExporterView } from '../runtime/view.ts'
import { ask, keptLog } from './client-testing.ts'
import { startServer } from './server.ts'
import { someView } from './view-testing.ts'

async function serve(view: Partial<ExporterView>) {
  const bodies: string[] = []
  const alerts = async (body: string) => {
    bodies.push(body)
    return { status: 200, line: 'Taken.' }
  }
  const server = await startServer(someView({ alerts, ...view }), {
    listen: { host: '127.0.0.1', port: 0 },
    enableLifecycle: false,
    log: keptLog(),
  })
  onTestFinished(() => server.close())
  const post = (body: string, headers: Record<string, string> = {}) =>
    ask(`${server.address}/api/v1/alertmanager`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })
  return { post, bodies, address: server.address }
}

test('a notification is handed on as it came, however large its group is', async () => {
  const { post, bodies } = await serve({ admitsAlerts: () => 'open' })
  expect(await post('{"version":"4"}')).toMatchObject({ status: 200, text: 'Taken.\n' })
  const large = JSON.stringify({ text: '갤'.repeat(1_000_000) })
  expect((await post(large)).status).toBe(200)
  expect(bodies).toEqual(['{"version":"4"}', large])
  expect((await post('x'.repeat(5_000_000))).status).toBe(413)
})

test('without the section there is no such path, and with a wrong token no entry', async () => {
  const absent = await serve({ admitsAlerts: () => 'absent' })
  expect((await absent.post('{}')).status).toBe(404)
  const { post, bodies, address } = await serve({
    admitsAlerts: header => (header === 'Bearer right' ? 'token' : 'refused'),
  })
  expect(await post('{}')).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } })
  expect((await post('{}', { authorization: 'Bearer right' })).status).toBe(200)
  expect(bodies).toEqual(['{}'])
  expect((await ask(`${address}/api/v1/alertmanager`)).status).toBe(405)
})

test('a page of another site is refused', async () => {
  const { post, bodies } = await serve({ admitsAlerts: () => 'open' })
  expect((await post('{}', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  expect(bodies).toEqual([])
})

test('bodies of other paths stay limited', async () => {
  const { address } = await serve({ admitsAlerts: () => 'open' })
  const answer = await ask(`${address}/-/reload`, { method: 'POST', body: 'x'.repeat(5000) })
  expect(answer.status).toBe(413)
})
