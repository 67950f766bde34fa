import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, run } from './support/package.ts'

const FAR_TOO_SHORT_FOR_A_PASSWORD = 20

/** Grafana's volume, and the script with something in the place of the image's /run.sh that shows what it is given. */
function grafana() {
  const folder = mkdtempSync(join(tmpdir(), 'mood-exporter-grafana-'))
  const [script, stub] = [join(folder, 'grafana.sh'), join(folder, 'run.sh')]
  writeFileSync(script, readFileSync(join(ROOT, 'docker/grafana.sh'), 'utf8').replaceAll('/run.sh', stub))
  writeFileSync(stub, '#!/bin/sh\nenv | grep -E "^(GF|GRAFANA)_"\n')
  chmodSync(stub, 0o755)
  return {
    file: (name: string) => join(folder, name),
    read: (name: string) => readFileSync(join(folder, name), 'utf8').trim(),
    async start(env: Record<string, string> = {}) {
      const settings = Object.entries({ GF_PATHS_DATA: folder, ...env }).map(
        ([key, value]) => `${key}=${value}`,
      )
      const { code, stdout, stderr } = await run('env', [...settings, 'sh', script])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      return stdout
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

test('Grafana gets a password of its own at its first start, keeps it, and says where it is', async () => {
  await using volume = grafana()
  const first = await volume.start({ GRAFANA_ADMIN_PASSWORD: '' })
  const password = volume.read('admin-password')
  expect(password.length).toBeGreaterThan(FAR_TOO_SHORT_FOR_A_PASSWORD)
  expect(password).toMatch(/^[\w-]+$/)
  expect(statSync(volume.file('admin-password')).mode & 0o777).toBe(0o600)
  expect(first).toContain(`GF_SECURITY_ADMIN_PASSWORD__FILE=${volume.file('admin-password')}\n`)
  expect(first).toContain(`docker compose exec grafana cat ${volume.file('admin-password')}\n`)
  expect(first).not.toContain(password)
  expect(first).not.toContain('GF_SECURITY_ADMIN_PASSWORD=')

  await volume.start()
  expect(volume.read('admin-password')).toBe(password)

  await using other = grafana()
  await other.start()
  expect(other.read('admin-password')).not.toBe(password)
})

test("Grafana's database is encrypted with a key of its own, the same at every start", async () => {
  await using volume = grafana()
  const said = await volume.start()
  expect(said).toContain(`GF_SECURITY_SECRET_KEY__FILE=${volume.file('secret-key')}\n`)
  const key = volume.read('secret-key')
  expect(key).not.toBe(volume.read('admin-password'))
  expect(statSync(volume.file('secret-key')).mode & 0o777).toBe(0o600)
  await volume.start({ GRAFANA_ADMIN_PASSWORD: 'from the environment' })
  expect(volume.read('secret-key')).toBe(key)
})

test('Grafana takes a password from the environment unchanged, and keeps it in no file', async () => {
  await using volume = grafana()
  const password = `with 'quotes", $HOME and \\ backslash`
  const said = await volume.start({ GRAFANA_ADMIN_PASSWORD: password })
  expect(said).toContain(`GF_SECURITY_ADMIN_PASSWORD=${password}\n`)
  expect(said).not.toMatch(/^GRAFANA_|PASSWORD__FILE/m)
  expect(() => volume.read('admin-password')).toThrow('ENOENT')
})

test('warns about a password that is set too late', async () => {
  await using volume = grafana()
  await volume.start()
  const said = await volume.start({ GRAFANA_ADMIN_PASSWORD: 'later' })
  expect(said).toContain('grafana cli admin reset-admin-password')
})

/** Runs the image's health check against a server that answers with a status, or with none if it is undefined. */
async function health(status: number | undefined) {
  const server = createServer((request, response) => {
    expect(request.url).toBe('/-/healthy')
    response.writeHead(status as number).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/-/healthy`
  if (status === undefined) await new Promise(resolve => server.close(resolve))
  const { code, stdout } = await run('env', [
    `MOOD_HEALTH_URL=${url}`,
    process.execPath,
    join(ROOT, 'docker/health.mjs'),
  ])
  server.close()
  return { code, said: stdout.trim().replace(url, 'it') }
}

test('the container is healthy if the exporter responds, also with a password request', async () => {
  expect(await health(200)).toEqual({ code: 0, said: 'it: 200' })
  expect(await health(401)).toEqual({ code: 0, said: 'it: 401' })
  expect(await health(503)).toEqual({ code: 1, said: 'it: 503' })
  expect(await health(undefined)).toMatchObject({ code: 1, said: expect.stringContaining('ECONNREFUSED') })
})
