/** The built-in webhook in its thread against a receiver that misbehaves, and what the documentation says of it. */
import { writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { onPath, unavailable } from '../tools/stack/tools.ts'
import { type Delivery, receiver, runWebhook, storedMinute } from './support/deliveries.ts'
import { namedBlocks } from './support/markdown.ts'
import { ROOT, run } from './support/package.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

const minutes = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => storedMinute(from + i))

test('through errors, disconnects, slow answers and rate limits each event arrives, with its key, in order', async () => {
  const faults = [
    ({ response }: Fault) => response.writeHead(500).end('no'),
    ({ response }: Fault) => response.destroy(),
    ({ response }: Fault) => response.writeHead(429, { 'retry-after': '1' }).end(),
    // Answers nothing: the write is given up after its time-out.
    () => {},
    ({ response }: Fault) => response.writeHead(503, { 'retry-after': '0' }).end(),
    // Has the events, but the answer is lost.
    ({ response, take }: Fault) => {
      take()
      response.destroy()
    },
  ]
  const taken: string[] = []
  let requests = 0
  const { url, deliveries } = await receiver((response, { keys }) => {
    const take = () => taken.push(...keys)
    const fault = requests++ % 2 === 0 ? faults.shift() : undefined
    if (fault) return fault({ response, take })
    take()
    response.end()
  })
  const { outputs, acknowledged, counts } = await runWebhook({ url }, { batch: 5 })
  outputs.publish(minutes(0, 60))
  await outputs.drain(20_000)
  const ids = Array.from({ length: 60 }, (_, n) => n)
  expect(acknowledged).toEqual(ids)
  const first = [...new Set(taken)]
  expect(first).toEqual(minutes(0, 60).map(({ event }) => event.key))
  // Those whose answer was lost came twice.
  expect(taken.length - first.length).toBe(5)
  expect(faults).toEqual([])
  expect(counts['mood_output_events_total hook delivered']).toBe(60)
  expect(counts['mood_output_writes_total hook failed']).toBe(6)
  expect(counts['mood_output_retries_total hook']).toBe(6)
  expect(counts['mood_plugin_errors_total output hook timeout']).toBe(1)
  expect(idsOfSameEvents(deliveries)).toEqual(new Set([1]))
})

interface Fault {
  response: Parameters<Parameters<typeof receiver>[0]>[0]
  take(): void
}

/** How many ids the requests with the same events had. */
const idsOfSameEvents = (deliveries: readonly Delivery[]) =>
  new Set(
    [...Map.groupBy(deliveries, ({ keys }) => keys.join(' ')).values()].map(
      same => new Set(same.map(({ headers }) => headers['webhook-id'])).size,
    ),
  )

test('requests that are too large for the receiver are sent in smaller ones', async () => {
  const taken: string[] = []
  const { url } = await receiver((response, { keys }) => {
    if (keys.length > 2) return response.writeHead(413).end()
    taken.push(...keys)
    response.end()
  })
  const { outputs, acknowledged, counts } = await runWebhook({ url })
  outputs.publish(minutes(0, 30))
  await outputs.drain(20_000)
  expect(acknowledged).toHaveLength(30)
  expect(taken).toEqual(minutes(0, 30).map(({ event }) => event.key))
  expect(counts['mood_output_events_total hook rejected']).toBe(0)
})

test('an event that the receiver rejects is given up, and the others arrive', async () => {
  const bad = storedMinute(13).event.key
  const taken: string[] = []
  const { url } = await receiver((response, { keys }) => {
    if (keys.includes(bad)) return response.writeHead(400).end('a bad one')
    taken.push(...keys)
    response.end()
  })
  const { outputs, acknowledged, counts } = await runWebhook({ url })
  outputs.publish(minutes(0, 30))
  await outputs.drain(20_000)
  expect(acknowledged).toHaveLength(30)
  expect(taken).toHaveLength(29)
  expect(taken).not.toContain(bad)
  expect(counts).toMatchObject({
    'mood_output_events_total hook delivered': 29,
    'mood_output_events_total hook rejected': 1,
  })
})

/** A request as the webhook signs it, and what is not genuine of it. */
async function signedRequests() {
  const { url, deliveries } = await receiver(response => response.end())
  const { outputs } = await runWebhook({ url, secret: SECRET })
  outputs.publish(minutes(0, 3))
  await outputs.drain(20_000)
  const [{ headers, body }] = deliveries as [Delivery]
  const { 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers
  const request = { headers, body: body.toString(), secret: SECRET, now: Number(timestamp) }
  const withHeader = (name: string, value: string) => ({ ...request, headers: { ...headers, [name]: value } })
  return {
    genuine: [request, withHeader('webhook-signature', `v1,AAAA ${signature}`)],
    forged: [
      { ...request, body: request.body.replace('"positive":1', '"positive":2') },
      { ...request, secret: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
      { ...request, now: request.now + 301 },
      withHeader('webhook-id', 'another'),
      withHeader('webhook-timestamp', `${request.now + 1}`),
      withHeader('webhook-timestamp', 'soon'),
      withHeader('webhook-signature', 'v1,'),
      { ...request, headers: {} },
    ],
  }
}

/** The documentation's code that verifies a webhook, in a folder of its own. */
async function verifier(name: 'verify.mjs' | 'verify.py') {
  const folder = await mkdtemp(join(tmpdir(), 'mood-verify-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const blocks = namedBlocks(await readFile(join(ROOT, 'docs/outputs.md'), 'utf8'))
  writeFileSync(join(folder, name), blocks.find(block => block.name === name)?.text ?? '')
  return folder
}

test('the JavaScript of the documentation distinguishes genuine from forged requests', async () => {
  const { isGenuine } = await import(join(await verifier('verify.mjs'), 'verify.mjs'))
  const { genuine, forged } = await signedRequests()
  const isAccepted = ({ headers, body, secret, now }: (typeof genuine)[number]) =>
    isGenuine(headers, Buffer.from(body), secret, now)
  expect(genuine.map(isAccepted)).toEqual(genuine.map(() => true))
  expect(forged.map(isAccepted)).toEqual(forged.map(() => false))
})

test('the Python of the documentation distinguishes genuine from forged requests', async context => {
  const python = onPath('python3') ?? unavailable(context, '`python3` is not on the PATH')
  const folder = await verifier('verify.py')
  const { genuine, forged } = await signedRequests()
  writeFileSync(join(folder, 'requests.json'), JSON.stringify([...genuine, ...forged]))
  const program = `
import json, verify
for r in json.load(open('requests.json')):
    print(verify.is_genuine(r['headers'], r['body'].encode(), r['secret'], r['now']))
`
  const { stdout, stderr } = await run(python, ['-c', program], folder)
  const expected = [...genuine.map(() => 'True'), ...forged.map(() => 'False')]
  expect(stdout.trim().split('\n'), stderr).toEqual(expected)
})
