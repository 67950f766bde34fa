/** Shows the dashboards without Grafana: `npm run preview -- --help`. */
import { once } from 'node:events'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dataPanels } from '../../grafana/check/dashboard-json.ts'
import { html } from '../../src/html/html.ts'
import { readDashboards } from '../stack/dashboards.ts'
import type { Dashboard } from './json.ts'
import { parseOptions, USAGE } from './options.ts'
import { type Page, page } from './page.ts'
import { browser, takePicture } from './picture.ts'
import { PrometheusApi } from './prometheus.ts'
import { RELOAD, serve } from './serve.ts'
import { startStack } from './stack.ts'
import { openView } from './view.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) return void process.stdout.write(USAGE)
  if (options.png) browser()
  await dashboards(options.dashboard)
  const { signal } = interruption()
  await using stack =
    options.prometheus === undefined
      ? await startStack(root, { ...options, rankings: ranked(options.dashboard), signal })
      : undefined
  const prometheus = new PrometheusApi(stack?.url ?? (options.prometheus as string))

  const draw = async (dashboard: Dashboard, script = ''): Promise<Page> => {
    const range = options.range(dashboard.time?.from ?? 'now-15m', Date.now())
    const view = await openView(dashboard, prometheus, { ...options, range })
    const drawn = page(view, script)
    for (const fault of drawn.faults) console.error(`${dashboard.title}: ${fault}`)
    return drawn
  }

  if (options.openPort !== undefined) {
    const url = await serve(root, options.openPort, async path => {
      const found = await dashboards(options.dashboard)
      if (path === '/') return index([...found.keys()])
      const dashboard = found.get(path.slice(1))
      return dashboard && (await draw(dashboard, RELOAD)).markup
    })
    console.log(`${url}; stop it with Ctrl+C`)
    await once(signal, 'abort')
    return
  }

  const out = options.out ?? (await mkdtemp(join(tmpdir(), 'mood-exporter-preview-')))
  await mkdir(out, { recursive: true })
  for (const [name, dashboard] of await dashboards(options.dashboard)) {
    const { markup, faults, height } = await draw(dashboard)
    const path = join(out, `dashboard-${name}.html`)
    await writeFile(path, markup)
    console.log(relative(process.cwd(), path))
    if (options.png) {
      const picture = path.replace(/html$/, 'png')
      await takePicture(path, picture, { width: options.width + 32, height })
      console.log(relative(process.cwd(), picture))
    }
    if (faults.length > 0) process.exitCode = 1
  }
}

/** Whether to read a ranking: *Trends* is empty without one, but other dashboards would show an extra topic. */
const ranked = (dashboard: string | undefined) => dashboard === undefined || dashboard === 'trends'

/** Aborted by a signal, so that the started processes are ended first. */
function interruption(): AbortController {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort())
  return controller
}

/** All generated dashboards by name, or only the named one. */
async function dashboards(only: string | undefined): Promise<Map<string, Dashboard>> {
  const all = [...(await readDashboards(root))]
    // Dashboards of text panels alone need no preview.
    .filter(([, dashboard]) => dataPanels(dashboard).length > 0)
    .map(([file, dashboard]) => [file.replace(/\.json$/, ''), dashboard])
  const found = new Map(all as [string, Dashboard][])
  if (only === undefined) return found
  const dashboard = found.get(only)
  if (!dashboard) throw new Error(`--dashboard: expected ${[...found.keys()].join(' or ')}, got "${only}"`)
  return new Map([[only, dashboard]])
}

const index = (names: string[]) =>
  html`<!doctype html><title>Previews</title>${names.map(name => html`<p><a href="/${name}">${name}</a></p>`)}`
    .markup

main().then(
  () => process.exit(),
  error => {
    console.error(error.name === 'AbortError' ? 'stopped' : error.message)
    process.exit(1)
  },
)
