import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import pkg from '../package.json' with { type: 'json' }
import { ROOT } from './support/package.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

interface Lock {
  packages: Record<
    string,
    { integrity?: string; link?: boolean; dev?: boolean; optional?: boolean; engines?: { node?: string } }
  >
}

const LOCKS = globSync('**/package-lock.json', {
  cwd: ROOT,
  exclude: name => name.includes('node_modules'),
})

test('each entry of each lockfile has the checksum of its package', () => {
  expect(LOCKS.length).toBeGreaterThanOrEqual(4)
  for (const file of LOCKS) {
    const { packages } = JSON.parse(read(file)) as Lock
    const without = Object.entries(packages).filter(
      ([path, { integrity, link }]) => path !== '' && !link && !/^sha512-\S+$/.test(integrity ?? ''),
    )
    expect([file, without.map(([path]) => path)]).toEqual([file, []])
  }
})

test('each service of the stack has limits of its memory, its processors and its processes', () => {
  const { services } = parse(read('docker-compose.yml'), { merge: true })
  for (const [name, service] of Object.entries<Record<string, unknown>>(services))
    expect([name, service]).toEqual([
      name,
      expect.objectContaining({
        mem_limit: expect.stringMatching(/:-\d+[gm]\}$/),
        cpus: expect.stringMatching(/:-\d+\}$/),
        pids_limit: expect.any(Number),
      }),
    ])
})

test('each image that is not built here has a digest, of the version that the stack has', () => {
  interface Service {
    image: string
    build?: { args?: Record<string, string> }
  }
  const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, Service>
  }
  const pinned = parse(read('docker-compose.digests.yml')).services as Record<string, Service>
  const nodeImage = /^FROM \$\{NODE_IMAGE:-(\S+)\}/m.exec(read('Dockerfile'))?.[1]
  const pulled = Object.entries(services).filter(([, { image }]) => !image.startsWith('mood-exporter:'))
  const images = pulled.map(([name, { image }]) => [image, pinned[name]?.image])
  expect(images.length).toBeGreaterThan(3)
  for (const [image, digest] of [...images, [nodeImage, pinned.exporter?.build?.args?.NODE_IMAGE]])
    expect(digest).toMatch(new RegExp(`^${image}@sha256:[0-9a-f]{64}$`))
})

/** `22.22` of `>=22.22` and of `>= 22.22.0 || >= 24.6.0`, as numbers; of the ranges the lowest. */
const leastOf = (range: string): number[] =>
  (/(\d+)(?:\.(\d+))?/.exec(range) ?? []).slice(1).map(n => Number(n ?? 0))

test('the least Node.js is one that all packages run on, and every place names the same', async () => {
  const [major = 0, minor = 0] = leastOf(pkg.engines.node)
  const { packages } = JSON.parse(read('package-lock.json')) as Lock
  const newer = Object.entries(packages).filter(([path, { dev, engines }]) => {
    if (path === '' || dev || !engines?.node) return false
    const [otherMajor = 0, otherMinor = 0] = leastOf(engines.node)
    return otherMajor > major || (otherMajor === major && otherMinor > minor)
  })
  expect(newer.map(([path]) => path)).toEqual([])
  expect(packages['']?.engines?.node).toBe(pkg.engines.node)
  for (const file of ['bin/mood-exporter.mjs', 'tools/install.mjs']) {
    expect(read(file), file).toContain(`minor >= ${minor}`)
    expect(read(file), file).toContain(`${major}.${minor} or later`)
  }
})

test('a release says of what it is made, and its workflow may not do more than it has to', () => {
  const text = read('.github/workflows/release.yml')
  const { permissions, jobs } = parse(text)
  expect(permissions).toEqual({})
  expect(jobs.release.permissions).toEqual({ contents: 'write' })
  expect(text).toContain('npm sbom --sbom-format cyclonedx --omit dev')
})

test('each action is named by its commit, and beside it by its version', () => {
  for (const file of globSync('.github/workflows/*.yml', { cwd: ROOT })) {
    const used = [...read(file).matchAll(/uses: (.+)/g)].map(([, action]) => action)
    expect(used.length).toBeGreaterThan(1)
    for (const action of used)
      expect([file, action]).toEqual([
        file,
        expect.stringMatching(/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/),
      ])
  }
})

/** Runs the script that installs in a checkout that was installed without scripts, under a Node.js of this version. */
async function installed(version: string): Promise<{ code: number; said: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'mood-exporter-install-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['tools', 'node_modules']) mkdirSync(join(folder, name))
  cpSync(join(ROOT, 'tools/install.mjs'), join(folder, 'tools/install.mjs'))
  const lock = read('package-lock.json')
  writeFileSync(join(folder, 'package-lock.json'), lock)
  const stamp = createHash('sha256').update(lock).digest('hex')
  writeFileSync(join(folder, 'node_modules/.mood-exporter-installed'), stamp)
  const claim = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`
  const args = [
    '--import',
    `data:text/javascript,${encodeURIComponent(claim)}`,
    join(folder, 'tools/install.mjs'),
  ]
  return promisify(execFile)(process.execPath, args).then(
    ({ stderr }) => ({ code: 0, said: stderr }),
    ({ code, stderr }) => ({ code, said: stderr }),
  )
}

test('without install scripts `npm start` and `npm test` say that the pinned Node.js is missing, and what to do', async () => {
  const fix = 'npm rebuild node --ignore-scripts=false'
  const old = await installed('20.19.0')
  expect(old.code).toBe(1)
  expect(old.said).toContain('and Node.js 20.19.0 is too old: 22.22 or later is needed')
  expect(old.said).toContain(fix)
  const fit = await installed('22.22.1')
  expect(fit.code).toBe(0)
  expect(fit.said).toContain('it runs on Node.js 22.22.1 instead')
  expect(fit.said).toContain(fix)
})
