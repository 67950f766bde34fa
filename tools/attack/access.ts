import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect as tlsConnect } from 'node:tls'
import { hashSync } from 'bcrypt'
import { startExporter } from '../stack/exporter.ts'
import { onPath } from '../stack/tools.ts'
import { type AttackClass, ensure } from './attack.ts'
import { QUIET, raw } from './target.ts'

const CONFIG = { ...QUIET, sources: [{ use: 'demo', rate: 10 }] }
const WEB = ['--web.config.file', 'web.yml']
const basic = (password: string) => ({
  authorization: `Basic ${Buffer.from(`prometheus:${password}`).toString('base64')}`,
})

const passwords: AttackClass = {
  title: 'passwords: guesses, and a web configuration that is emptied',
  async run({ random, short, attempt }) {
    const users = `basic_auth_users: { prometheus: "${hashSync('sesame', 6)}" }\n`
    await using exporter = await startExporter(CONFIG, { args: WEB, files: { 'web.yml': users } })
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${exporter.url}/metrics`, { headers })).status
    ensure((await status(basic('sesame'))) === 200, 'the right password does not do')
    const guesses = short ? 50 : 500
    const act = async () => {
      const guessed = Promise.all(
        Array.from({ length: guesses }, () => status(basic(random.bytes(6).toString('hex')))),
      )
      ensure((await status(basic('sesame'))) === 200, 'a scrape was kept out')
      ensure(
        (await guessed).every(status => status === 401 || status === 429),
        'a guess was let in',
      )
    }
    await attempt('guesses', act, guesses)
    for (const text of ['', '\n', 'basic_auth_users:', 'basic_auth_', users.slice(0, 30), '{}'])
      await attempt(`web.yml is ${JSON.stringify(text)}`, async () => {
        await writeFile(join(exporter.folder, 'web.yml'), text)
        ensure((await status({})) === 401, 'everybody is let in')
      })
  },
}

const tls: AttackClass = {
  title: 'TLS: what is not TLS, old versions, handshakes that do not end',
  impossible: () => (onPath('openssl') ? null : '`openssl` is not on the PATH: apt-get install openssl'),
  async run({ random, short, attempt }) {
    const files = { 'web.yml': 'tls_server_config: { cert_file: a.crt, key_file: a.key }\n' }
    const folder = process.env.TMPDIR ?? '/tmp'
    const [key, cert] = [join(folder, `attack-${process.pid}.key`), join(folder, `attack-${process.pid}.crt`)]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    )
    const { readFile, rm } = await import('node:fs/promises')
    const pems = { 'a.key': await readFile(key, 'utf8'), 'a.crt': await readFile(cert, 'utf8') }
    await Promise.all([rm(key), rm(cert)])
    await using exporter = await startExporter(CONFIG, { args: WEB, files: { ...files, ...pems } })
    const { port } = new URL(exporter.url)
    const talk = (more: object) =>
      new Promise<string>(resolve => {
        let got = ''
        const socket = tlsConnect(
          { port: Number(port), host: '127.0.0.1', rejectUnauthorized: false, ...more },
          () => socket.write('GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
        )
        socket.on('data', data => {
          got += data
        })
        socket.on('error', () => {})
        socket.on('close', () => resolve(got))
      })
    const count = short ? 30 : 300
    const act = async () => {
      const sent = Array.from({ length: count }, (_, i) =>
        raw(
          `http://127.0.0.1:${port}`,
          i % 3 === 0
            ? 'GET / HTTP/1.1\r\n\r\n'
            : Buffer.concat([Buffer.from('160301', 'hex'), random.bytes(random.integer(1, 300))]),
        ),
      )
      await Promise.all(sent)
      ensure((await talk({})).includes('200 OK'), 'it no longer answers')
    }
    await attempt('what is not TLS', act, count)
    for (const version of ['TLSv1', 'TLSv1.1'])
      await attempt(version, async () =>
        ensure(
          (await talk({ minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' })) === '',
          `${version} is spoken`,
        ),
      )
  },
}

export const ACCESS: readonly AttackClass[] = [passwords, tls]
