/** The command that walks through the authorisation of KakaoTalk, against a server that does as Kakao's documentation says. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { APP, Kakao } from '../plugins/outputs/kakaotalk/testing-kakao.ts'
import { ROOT, run } from './support/package.ts'

const BIN = join(ROOT, 'bin/mood-exporter.mjs')

async function folderWith(output: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mood-kakao-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'kakao.key'), APP.rest_api_key)
  const config = {
    sources: [{ use: 'demo' }],
    outputs: [{ use: 'kakaotalk', rest_api_key_file: 'kakao.key', ...output }],
  }
  await writeFile(join(folder, 'mood.yml'), JSON.stringify(config))
  return folder
}

/** Starts the command and resolves to the address that it shows. */
async function begin(
  folder: string,
): Promise<{ child: ChildProcess; url: URL; ended: Promise<{ code: number; stderr: string }> }> {
  const child = spawn(process.execPath, [BIN, 'kakao', 'login', '--port', '0'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const stderr = text(child.stderr as NodeJS.ReadableStream)
  const ended = new Promise<{ code: number; stderr: string }>(resolve =>
    child.on('exit', code => void stderr.then(text => resolve({ code: code ?? -1, stderr: text }))),
  )
  let shown = ''
  const url = await new Promise<URL>((resolve, reject) => {
    child.stdout?.on('data', chunk => {
      shown += chunk
      const found = /(http\S+authorize\S+)/.exec(shown)?.[1]
      if (found) resolve(new URL(found))
    })
    void ended.then(({ stderr }) => reject(new Error(stderr)))
  })
  return { child, url, ended }
}

test('a log-in in the browser writes the token for its owner alone', { timeout: 240_000 }, async () => {
  const kakao = await Kakao.listening()
  const folder = await folderWith({
    client_secret: APP.client_secret,
    refresh_token_file: 'kakao.token',
    auth: kakao.url,
    friends: ['a'],
  })
  const { url, ended } = await begin(folder)
  expect(url.searchParams.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)
  // A page of somebody else cannot bring a code.
  const forged = new URL(url.searchParams.get('redirect_uri') as string)
  forged.search = '?code=forged&state=guessed'
  expect((await fetch(forged)).status).toBe(400)
  const page = await fetch(url)
  expect([page.status, await page.text()]).toEqual([200, 'Done. You may close this page.\n'])
  expect(await ended).toMatchObject({ code: 0 })
  expect(kakao.scope).toBe('talk_message,friends')
  const token = JSON.parse(await readFile(join(folder, 'kakao.token'), 'utf8'))
  expect(token).toEqual({ refresh_token: kakao.refreshToken, expires_at: expect.any(Number) })
  expect((await stat(join(folder, 'kakao.token'))).mode & 0o777).toBe(0o600)
  const checked = await run(process.execPath, [BIN, 'check'], folder)
  expect(checked.stdout).toContain('1 output (kakaotalk)')
})

test('a person who does not agree, and a code that is refused, fail with what Kakao says', {
  timeout: 240_000,
}, async () => {
  const kakao = await Kakao.listening()
  const folder = await folderWith({
    client_secret: APP.client_secret,
    refresh_token_file: 'kakao.token',
    auth: kakao.url,
  })
  const { url, ended } = await begin(folder)
  const denied = new URL(url.searchParams.get('redirect_uri') as string)
  denied.searchParams.set('state', url.searchParams.get('state') as string)
  denied.searchParams.set('error', 'access_denied')
  expect((await fetch(denied)).status).toBe(400)
  expect(await ended).toMatchObject({ code: 1, stderr: expect.stringContaining('access_denied') })

  const wrong = await begin(folder)
  const back = new URL(wrong.url.searchParams.get('redirect_uri') as string)
  back.searchParams.set('state', wrong.url.searchParams.get('state') as string)
  back.searchParams.set('code', 'of another app')
  expect((await fetch(back)).status).toBe(502)
  expect(await wrong.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('KOE320') })
})

test('it says where the token is to go', { timeout: 120_000 }, async () => {
  const folder = await folderWith({ refresh_token: 'x' })
  const { stderr } = await run(process.execPath, [BIN, 'kakao', 'login'], folder)
  expect(stderr).toContain('refresh_token_file: ./kakaotalk.token')
})
