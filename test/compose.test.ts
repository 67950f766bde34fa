import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import packageJson from '../package.json' with { type: 'json' }
import { loadConfig } from '../src/config/load.ts'
import { formatProblem } from '../src/config/problem.ts'
import { validate } from '../src/loader/validate.ts'
import { ROOT } from './support/package.ts'

interface Service {
  image: string
  profiles?: string[]
  build?: string
  user?: string
  restart: string
  init: boolean
  read_only: boolean
  tmpfs: string[]
  cap_drop: string[]
  security_opt: string[]
  mem_limit: string
  cpus: string | number
  stop_grace_period?: string
  logging: { options: Record<string, string> }
  healthcheck: { test: string[]; interval: string; start_period: string }
  depends_on?: Record<string, { condition: string }>
  command?: string[]
  environment?: Record<string, string>
  ports?: string[]
  expose?: string[]
  volumes: string[]
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

/** What Compose makes of the file where the environment says nothing: every reference has a default. */
const withDefaults = (text: string) => text.replace(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1')

const compose: { services: Record<string, Service>; volumes: Record<string, unknown> } = parse(
  withDefaults(read('docker-compose.yml')),
  { merge: true },
)
const services = Object.entries(compose.services)
const service = (name: string) => compose.services[name] as Service

const dockerfile = read('Dockerfile')
const lokiConfig = parse(read('docker/posts/loki.yml'))

test('the stack is the exporter, Prometheus, Alertmanager and Grafana; Kafka with a relay and Loki are profiles', () => {
  const inProfile = (profile?: string) =>
    services.filter(([, { profiles }]) => profiles?.[0] === profile).map(([name]) => name)
  expect(inProfile()).toEqual(['exporter', 'prometheus', 'alertmanager', 'grafana'])
  expect(inProfile('kafka')).toEqual(['kafka', 'relay'])
  expect(inProfile('posts')).toEqual(['loki'])
})

for (const [name, { healthcheck, logging, depends_on: waitsFor = {}, ...service }] of services) {
  test(`${name} restarts by itself, and has a health check`, () => {
    expect(service.restart).toBe('unless-stopped')
    expect(healthcheck.test).toEqual(['CMD', expect.any(String), ...healthcheck.test.slice(2)])
    expect(healthcheck).toMatchObject({ interval: '5s', start_period: expect.any(String) })
    for (const [other, { condition }] of Object.entries(waitsFor)) {
      expect(Object.keys(compose.services)).toContain(other)
      expect(condition).toBe('service_healthy')
    }
  })

  test(`${name} has no privilege, and writes to its own volume and to memory only`, () => {
    expect(service).toMatchObject({
      init: true,
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      tmpfs: [expect.stringMatching(/^\/tmp:size=\d+m$/), ...service.tmpfs.slice(1)],
    })
    const writable = service.volumes.filter(volume => !volume.endsWith(':ro'))
    expect(writable.map(volume => volume.split(':')[0])).toEqual([name])
    expect(service).not.toHaveProperty('privileged')
    expect(service).not.toHaveProperty('network_mode')
  })

  test(`${name} is bounded in memory and log`, () => {
    expect(service.mem_limit).toMatch(/^\d+[mg]$/)
    expect(Number(service.cpus)).toBeGreaterThan(0)
    expect(logging.options).toEqual({ 'max-size': '10m', 'max-file': '3' })
  })

  test(`${name} is published to this machine alone`, () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
    for (const port of read('docker-compose.yml').matchAll(/^ {6}- (.*:\d+)$/gm))
      expect(port[1]).toMatch(/^\$\{MOOD_BIND:-127\.0\.0\.1\}:/)
  })

  test(`the image of ${name} is pinned to a version, not latest`, () => {
    expect(service.image).toMatch(/^[\w/-]+:v?\d+\.\d+\.\d+$/)
  })

  test(`what ${name} mounts is here`, () => {
    for (const volume of service.volumes) {
      const [from = '', to] = volume.split(':')
      expect(to).toMatch(/^\//)
      if (!from.startsWith('.')) expect(Object.keys(compose.volumes)).toContain(from)
      else expect(existsSync(join(ROOT, from)), from).toBe(true)
    }
  })
}

test('no secret is in the files', () => {
  const written: typeof compose = parse(read('docker-compose.yml'), { merge: true })
  for (const { environment = {} } of Object.values(written.services))
    for (const [key, value] of Object.entries(environment))
      if (/PASSWORD|SECRET|TOKEN|KEY/.test(key)) expect(value).toBe(`\${${key}:-}`)
  for (const path of [
    'docker-compose.yml',
    'Dockerfile',
    ...globSync('docker/**/*.{yml,sh,mjs}', { cwd: ROOT }),
  ])
    expect(read(path), path).not.toMatch(/(password|token|secret)\w*\s*[:=]\s*['"]?[\w-]{6,}['"]?\s*$/im)
})

test('the image has the Node.js and the version of this package', () => {
  const node = packageJson.devDependencies.node
  const image = `node:${node}-trixie-slim`
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)
  expect(bases).toEqual([`\${NODE_IMAGE:-${image}}`, `\${NODE_IMAGE:-${image}}`])
  expect(dockerfile).toContain(`base.name="docker.io/library/node:${node}-trixie-slim"`)
  expect(dockerfile).toContain(`image.version="${packageJson.version}"`)
  expect(service('exporter').image).toBe(`mood-exporter:${packageJson.version}`)
})

test('the image is built of what .dockerignore lets through, which is here, and runs as no root', () => {
  const [all, ...rest] = read('.dockerignore')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
  expect(all).toBe('*')
  const allowed = rest.filter(line => line.startsWith('!')).map(line => line.slice(1))
  for (const path of allowed) expect(existsSync(join(ROOT, path)), path).toBe(true)
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) =>
    paths.split(' '),
  )
  expect(copied.filter(path => path !== '.' && !allowed.includes(path))).toEqual([])
  expect(dockerfile).toMatch(/^USER node$/m)
  expect(dockerfile).toMatch(/^HEALTHCHECK /m)
})

test('the configuration of the container is valid, and is for a container', async () => {
  const result = await loadConfig(join(ROOT, 'docker/conf/mood.yml'))
  const problems = result.ok ? (await validate(result.loaded)).problems : result.problems
  expect(problems.map(formatProblem)).toEqual([])
  if (!result.ok) return
  const { server } = result.loaded.config
  expect(server.listen).toMatchObject({ host: '0.0.0.0', port: 19747 })
  const { stop_grace_period: grace = '' } = service('exporter')
  expect(server.shutdown_timeout).toBeLessThan(1000 * Number.parseInt(grace, 10))
})

test.each(['docker/kafka/mood.yml', 'docker/kafka/relay.yml'])(
  '%s of the profile `kafka` is valid',
  async path => {
    const result = await loadConfig(join(ROOT, path))
    const problems = result.ok ? (await validate(result.loaded)).problems : result.problems
    expect(problems.map(formatProblem)).toEqual([])
    if (!result.ok) return
    const { server, sources, outputs, state } = result.loaded.config
    expect(server.listen).toMatchObject({ host: '0.0.0.0', port: 19747 })
    expect(state?.dir).toMatch(/^\/var\/lib\/mood-exporter\//)
    const [, inside] =
      /INSIDE:\/\/(kafka:\d+)/.exec(service('kafka').environment?.KAFKA_ADVERTISED_LISTENERS ?? '') ?? []
    const brokers = [...sources, ...outputs].flatMap(entry => (entry.use === 'kafka' ? [entry.brokers] : []))
    expect(brokers).toEqual([[inside]])
  },
)

test('the configurations of the profile `posts` are valid, and the exporter knows where Loki is', async () => {
  const result = await loadConfig(join(ROOT, 'docker/posts/mood.yml'))
  const problems = result.ok ? (await validate(result.loaded)).problems : result.problems
  expect(problems.map(formatProblem)).toEqual([])
  if (!result.ok) return
  const { server, outputs, state } = result.loaded.config
  expect(server.listen).toMatchObject({ host: '0.0.0.0', port: 19747 })
  expect(state?.dir).toBe('/var/lib/mood-exporter/state')
  const [port] = service('loki').expose ?? []
  expect(outputs).toMatchObject([{ use: 'loki', url: `http://loki:${port}`, posts: { text: true } }])
  expect(lokiConfig.server.http_listen_port).toBe(Number(port))
})

test('Loki is reached by the other containers only, and writes to its volume', () => {
  const { ports, expose, command, volumes } = service('loki')
  expect({ ports, expose }).toEqual({ ports: undefined, expose: ['3100'] })
  const [path = ''] = (command ?? []).flatMap(each => /^-config\.file=(.+)$/.exec(each)?.[1] ?? [])
  expect(volumes).toEqual([`./docker/posts/loki.yml:${path}:ro`, 'loki:/loki'])
  const { path_prefix, storage } = lokiConfig.common
  expect(
    [path_prefix, ...Object.values(storage.filesystem)].filter(each => !/^\/loki\b/.test(`${each}`)),
  ).toEqual([])
})

test('Loki keeps posts for a day with their metadata, deletes what it is asked to, and reports to no one', () => {
  expect(lokiConfig).toMatchObject({
    limits_config: {
      allow_structured_metadata: true,
      retention_period: '24h',
      max_query_lookback: '24h',
      reject_old_samples_max_age: '24h',
      deletion_mode: 'filter-and-delete',
    },
    compactor: {
      retention_enabled: true,
      delete_request_store: 'filesystem',
      delete_request_cancel_period: '2h',
    },
    schema_config: { configs: [{ store: 'tsdb', schema: 'v13', index: { period: '24h' } }] },
    analytics: { reporting_enabled: false },
  })
  // A request to delete that is followed sooner misses posts that are in no chunk yet.
  expect(lokiConfig.ingester.max_chunk_age).toBe('1h')
})

test('the state lies in a folder of the volume, where any user may make it', async () => {
  const result = await loadConfig(join(ROOT, 'docker/conf/mood.yml'))
  const dir = result.ok ? result.loaded.config.state?.dir : undefined
  const volume = service('exporter')
    .volumes.find(each => each.startsWith('exporter:'))
    ?.split(':')[1]
  expect(dir).toBe(`${volume}/state`)
  expect(dockerfile).toContain(`RUN install --directory --mode=1777 ${volume}\nVOLUME ${volume}\n`)
})

test('what it offers in comments is valid as well', async () => {
  const offered = read('docker/conf/mood.yml').replace(
    /^ {2}# (- use: http\n)((?: {2}# {3}.*\n)+)/m,
    (_, use, rest) =>
      `  ${use}${rest.replaceAll('  # ', '  ')}`.replace(/token_file: .*/, 'token: in-a-file'),
  )
  expect(parse(offered).sources).toMatchObject([{ use: 'demo' }, { use: 'http', listen: '0.0.0.0:19748' }])
  const { parseConfig } = await import('../src/config/load.ts')
  const result = await parseConfig(offered, join(ROOT, 'docker/conf/mood.yml'))
  const problems = result.ok ? (await validate(result.loaded)).problems : result.problems
  expect(problems.map(formatProblem)).toEqual([])
})

test('Prometheus and Grafana look for services that there are, on ports that they have', () => {
  const listening = new Set(
    services.flatMap(([name, { ports = [], expose = [] }]) =>
      [...ports, ...expose].map(port => `${name}:${port.split(':').at(-1)}`),
    ),
  )
  const { scrape_configs, alerting } = parse(read('prometheus/prometheus.yml'))
  const targets = [...scrape_configs, ...alerting.alertmanagers].flatMap(({ static_configs = [] }) =>
    static_configs.flatMap((each: { targets: string[] }) => each.targets),
  )
  expect(targets).toContain('exporter:19747')
  const sources = globSync('grafana/provisioning/datasources/*.yml', { cwd: ROOT }).flatMap(path =>
    parse(read(path)).datasources.map(({ url }: { url: string }) => new URL(url).host),
  )
  expect(sources.length).toBeGreaterThan(0)
  expect([...targets, ...sources].filter(at => !at.startsWith('localhost:') && !listening.has(at))).toEqual(
    [],
  )
})

test('Grafana opens on a dashboard that it mounts', () => {
  const { environment, volumes } = service('grafana')
  const home = environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? ''
  const [from, to = ''] = volumes.find(each => home.startsWith(`${each.split(':')[1]}/`))?.split(':') ?? []
  expect(JSON.parse(read(`${from}${home.slice(to.length)}`))).toMatchObject({ uid: 'mood' })
  expect(environment).toMatchObject({
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
  })
})

test('Compose takes the file', context => {
  const compose = (...args: string[]) =>
    spawnSync('docker', ['compose', ...args], { cwd: ROOT, encoding: 'utf8' })
  // Not one of the tools that continuous integration must have: a machine that builds images has it.
  if (compose('version').status !== 0) context.skip('`docker compose` is not here: install Docker')
  expect(compose('--file', 'docker-compose.yml', 'config', '--quiet')).toMatchObject({
    status: 0,
    stderr: '',
  })
})
