/** What is wrong with a live source is one clear line in the log, and holds up no other source. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Jetstream } from '../plugins/sources/bluesky/testing-jetstream.ts'
import { service, Timeline } from '../plugins/sources/poll/testing-service.ts'
import { ChatServer } from '../plugins/sources/twitch/testing-chat.ts'
import { type LogLine, type RunningExporter, startExporter } from '../tools/stack/exporter.ts'
import { onPath, unavailable } from '../tools/stack/tools.ts'

const PATIENT = { timeout: 120_000 }
const LATE_MS = 60_000

const CONFIG = {
  workers: 1,
  scorers: [{ use: 'afinn' }],
  extractors: [],
  log: { format: 'json' },
}

const linesOf = ({ log }: RunningExporter, source: string): LogLine[] =>
  log
    .map(line => JSON.parse(line) as LogLine)
    .filter(line => line.source === source || line.cause === `source ${source}`)

test(
  'a wrong token, host and channel are reported in one line each, and other sources are read',
  PATIENT,
  async () => {
    const jetstream = await Jetstream.start()
    const chat = await ChatServer.start()
    chat.suspended.add('banned')
    onTestFinished(async () => {
      await Promise.all([jetstream.stop(), chat.stop()])
    })
    const { url, seen } = await service(new Timeline().handle)
    const config = {
      ...CONFIG,
      sources: [
        {
          name: 'token',
          use: 'poll',
          url,
          every: '1s',
          token: 's3cret',
          format: { use: 'json', text: '/content' },
        },
        { name: 'host', use: 'bluesky', hosts: ['ws://nowhere.invalid'] },
        { name: 'channel', use: 'twitch', server: chat.url, channels: ['banned', 'nova'] },
        { name: 'right', use: 'bluesky', hosts: [jetstream.host] },
      ],
    }
    await using exporter = await startExporter(config)
    await exporter.until(samples => samples.sum('mood_source_up', { source: 'right' }) === 1, LATE_MS)
    jetstream.post('nova')
    await exporter.until(
      samples => samples.sum('mood_source_posts_total', { source: 'right' }) === 1,
      LATE_MS,
    )
    await exporter.logged(({ source }) => source === 'token', LATE_MS)
    await exporter.logged(({ source }) => source === 'host', LATE_MS)
    await exporter.logged(({ channel }) => channel === 'banned', LATE_MS)

    expect(linesOf(exporter, 'token')).toMatchObject([
      {
        level: 'warn',
        msg: 'a source is down',
        reason: expect.stringMatching(
          /^127\.0\.0\.1:\d+: it answered 401: .*The access token is invalid.*; it is not tried again until the configuration is changed and reloaded$/,
        ),
      },
    ])
    expect(seen).toHaveLength(1)
    expect(linesOf(exporter, 'host')[0]).toMatchObject({
      level: 'warn',
      msg: 'a source is down',
      reason: expect.stringMatching(
        /^ws:\/\/nowhere\.invalid: getaddrinfo (ENOTFOUND|EAI_AGAIN) nowhere\.invalid$/,
      ),
    })
    expect(linesOf(exporter, 'channel').filter(({ level }) => level === 'warn')).toMatchObject([
      { msg: 'the channel banned could not be joined: msg_channel_suspended', channel: 'banned' },
    ])
    const readiness = await (await fetch(`${exporter.url}/-/ready`)).text()
    expect(readiness).toContain('source token has not started: ')
    expect(readiness).toContain('source host has not started: ')
    expect(readiness).not.toMatch(/source (channel|right) /)
    expect(exporter.log.join()).not.toContain('s3cret')
  },
)

/** A certificate that was valid for a day of 2020. */
function expiredCertificate(folder: string): { key: Buffer; cert: Buffer; path: string } {
  const at = (name: string) => join(folder, name)
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
  writeFileSync(at('index.txt'), '')
  writeFileSync(at('serial'), '01\n')
  writeFileSync(
    at('ca.cnf'),
    `[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = IP:127.0.0.1
basicConstraints = CA:TRUE
`,
  )
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  run('req', '-new', ...kind, '-subj', '/CN=localhost', '-keyout', 'key.pem', '-out', 'csr.pem')
  const dates = ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z']
  run(
    'ca',
    '-batch',
    '-selfsign',
    '-notext',
    '-config',
    'ca.cnf',
    '-keyfile',
    'key.pem',
    '-in',
    'csr.pem',
    '-out',
    'cert.pem',
    ...dates,
  )
  return { key: readFileSync(at('key.pem')), cert: readFileSync(at('cert.pem')), path: at('cert.pem') }
}

test('an expired certificate is reported in one line', PATIENT, async context => {
  if (!onPath('openssl')) unavailable(context, '`openssl` is not here')
  const folder = mkdtempSync(join(tmpdir(), 'mood-live-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { key, cert, path } = expiredCertificate(folder)
  const server = createServer({ key, cert }, (_, response) => response.end('one\n'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const before = process.env.NODE_EXTRA_CA_CERTS
  // The exporter trusts who issued it, so that nothing but its age is wrong.
  process.env.NODE_EXTRA_CA_CERTS = path
  onTestFinished(() => {
    if (before === undefined) delete process.env.NODE_EXTRA_CA_CERTS
    else process.env.NODE_EXTRA_CA_CERTS = before
  })
  const config = {
    ...CONFIG,
    sources: [
      { name: 'pages', use: 'poll', url: `https://127.0.0.1:${port}/`, format: 'text' },
      { name: 'stream', use: 'bluesky', hosts: [`wss://127.0.0.1:${port}`] },
      { name: 'chat', use: 'twitch', server: `wss://127.0.0.1:${port}`, channels: ['nova'] },
    ],
  }
  await using exporter = await startExporter(config)
  for (const name of ['pages', 'stream', 'chat']) {
    await exporter.logged(({ source }) => source === name, LATE_MS)
    expect(linesOf(exporter, name)[0], name).toMatchObject({
      msg: 'a source is down',
      reason: expect.stringMatching(/127\.0\.0\.1:\d+: certificate has expired$/),
    })
  }
  const samples = await exporter.samples()
  expect(samples.sum('mood_source_up')).toBe(0)
})
