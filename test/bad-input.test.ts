import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const BIN = fileURLToPath(new URL('../bin/mood-exporter.mjs', import.meta.url))

/** How a command that fails at once ended: its exit code, and what it wrote to standard error. */
interface Failure {
  code: number | string | null | undefined
  lines: string[]
}

/** Runs the exporter in a folder of its own with these files in it. */
async function failing(files: Record<string, string>, ...args: string[]): Promise<Failure> {
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-test-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    return await new Promise(resolve => {
      execFile(process.execPath, [BIN, ...args], { cwd: folder, timeout: 25_000 }, (error, _stdout, stderr) =>
        resolve({
          code: error === null ? 0 : error.code,
          lines: stderr.split('\n').filter(line => line !== ''),
        }),
      )
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const SOUND = 'server: { listen: "127.0.0.1:0" }\nsources: [{ use: demo }]\n'

test.each([
  {
    what: 'a configuration that is not there',
    files: {},
    args: ['run', '--config', 'gone.yml'],
    says: [/^gone\.yml.*(no such file|does not exist)/i],
  },
  {
    what: 'a configuration that is no YAML',
    files: { 'mood.yml': 'sources:\n  - use: demo\n  rate: [1\n' },
    args: ['run'],
    says: [/^mood\.yml:\d+/],
  },
  {
    what: 'a key that there is not',
    files: { 'mood.yml': `${SOUND}scorer: [{ use: afinn }]\n` },
    args: ['run'],
    says: [/^mood\.yml:3.*did you mean "scorers"/],
  },
  {
    what: 'alerts that go by a scorer that there is not',
    files: { 'mood.yml': `${SOUND}alert: { scorer: emojy }\n` },
    args: ['run'],
    says: [/^mood\.yml:3 alert\.scorer: no scorer is called "emojy"; there is /],
  },
  {
    what: 'an option of a plugin that is not what it should be',
    files: { 'mood.yml': 'sources:\n  - use: demo\n    rate: fast\n' },
    args: ['run'],
    says: [/^mood\.yml:3.*sources\[0\]\.rate.*number.*"fast"/],
  },
  {
    what: 'a plugin file that is not there',
    files: { 'mood.yml': `${SOUND}scorers: [{ use: ./gone.ts }]\n` },
    args: ['run'],
    says: [/^mood\.yml:3.*scorers\[0\]\.use.*gone\.ts/],
  },
  {
    what: 'a plugin that throws while it is made',
    files: {
      'mood.yml': `${SOUND}scorers: [{ use: ./bad.ts }]\n`,
      'bad.ts': `import { defineScorer, z } from 'mood-exporter/plugin'
        export default defineScorer({ name: 'bad', description: '', options: z.object({}),
          create() { throw new Error('no model here') } })`,
    },
    args: ['run'],
    says: [/scorer bad could not be created: no model here/],
  },
  {
    what: 'a certificate that does not parse',
    files: {
      'mood.yml': SOUND,
      'web.yml': 'tls_server_config: { cert_file: cert.pem, key_file: key.pem }\n',
      'cert.pem': '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n',
      'key.pem': '-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n',
    },
    args: ['run', '--web.config.file', 'web.yml'],
    says: [/cert\.pem|key\.pem/],
  },
  {
    what: 'every problem at once, a line each',
    files: {
      'mood.yml': 'sources:\n  - use: ./gone.ts\n  - { use: demo, rate: -1 }\nscorers: [{ use: afin }]\n',
    },
    args: ['run'],
    says: [/^mood\.yml:2.*gone\.ts/, /^mood\.yml:3.*rate/, /^mood\.yml:4.*did you mean "afinn"/],
  },
])('$what: one line each on standard error, and exit code 1', async ({ files, args, says }) => {
  const { code, lines } = await failing(files as Record<string, string>, ...args)
  expect(lines).toHaveLength(says.length)
  says.forEach((pattern, i) => {
    expect(lines[i]).toMatch(pattern)
  })
  expect(code).toBe(1)
})

test('a port in use: one clear line, and exit code 1', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = `127.0.0.1:${(taken.address() as AddressInfo).port}`
  const mood = `server: { listen: "${address}" }\nsources: [{ use: demo }]\n`
  const { code, lines } = await failing({ 'mood.yml': mood }, 'run')
  taken.close()
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(address)
  expect(lines[0]).toContain('ERR_LISTEN')
  expect(code).toBe(1)
})

test.each([
  { args: ['run', '--confg', 'mood.yml'], says: '--config' },
  { args: ['rnu'], says: 'run' },
])('an invalid command ($args): one line, and exit code 2', async ({ args, says }) => {
  const { code, lines } = await failing({ 'mood.yml': SOUND }, ...args)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(says)
  expect(code).toBe(2)
})
