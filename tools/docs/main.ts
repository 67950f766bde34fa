/**
 * Generates the generated parts of the documentation: `npm run docs` writes them; `npm run docs -- --check` lists the
 * files that differ from the code, and exits with 1 if there are any.
 */
import '../../src/loader/hooks.ts'
import { globSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { OUTAGES } from '../../src/catalogue/outages.ts'
import { OUTPUT_RESULTS } from '../../src/catalogue/output-results.ts'
import { KINDS, PLUGIN_KINDS, type PluginKind } from '../../src/catalogue/plugin-kinds.ts'
import { code, markdownTable, metricsMarkdown } from '../../src/cli/markdown.ts'
import { optionsMarkdown } from '../../src/cli/options-table.ts'
import { describeOptions, type OptionRow } from '../../src/config/describe.ts'
import { configSchema } from '../../src/config/schema.ts'
import { builtInPlugins, loadDefinition } from '../../src/loader/load.ts'
import { FLOORS } from '../floors.ts'
import { measurements } from '../stack/measurements.ts'
import { errorsMarkdown } from './errors-page.ts'
import { type Figures, usageTable } from './figures-tables.ts'
import { fillMarkers } from './markers.ts'
import { exporterValues, fillMeasured, unused } from './measured.ts'
import { coresTables, costTable, partsTable, prometheusTable, type ScaleFigures } from './scale-tables.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(root + path, 'utf8')

type Generated = [path: string, text: string]

/** The reference of mood.yml: each section with its keys. */
function configurationReference(): string {
  const sections = Map.groupBy(describeOptions(configSchema), ({ name }) => name.split(/[.[]/)[0] as string)
  return [...sections]
    .map(([name, [section, ...rows]]) => sectionOf(name, section as OptionRow, rows))
    .join('\n\n')
}

function sectionOf(
  name: string,
  { description, type, required, default: otherwise }: OptionRow,
  rows: OptionRow[],
) {
  const note = required
    ? `${type}, required`
    : otherwise === ''
      ? type
      : `${type}, default ${code(otherwise)}`
  const inner = rows.map(row => ({ ...row, name: row.name.slice(name.length).replace(/^(?:\[\])?\./, '') }))
  const table = inner.length === 0 ? [] : [optionsMarkdown(inner)]
  return [`### ${code(name)}`, `${description} (${note})`, ...table].join('\n\n')
}

/** The README of a plugin with its current example and options. */
async function pluginReadme(kind: PluginKind, name: string): Promise<Generated> {
  const folder = `${PLUGIN_KINDS[kind].folder}/${name}`
  try {
    const { options } = await loadDefinition(kind, name, root)
    const example = `\`\`\`yaml\n${read(`${folder}/example.yml`).trim()}\n\`\`\``
    const path = `${folder}/README.md`
    const withExample = fillMarkers(read(path), 'example.yml', example)
    return [path, fillMarkers(withExample, 'options', optionsMarkdown(describeOptions(options)))]
  } catch (error) {
    throw new Error(`${folder}: ${(error as Error).message}`, { cause: error })
  }
}

/** What happens to events of outputs. */
const outputResults = (): string =>
  markdownTable(
    ['`result`', 'meaning'],
    Object.entries(OUTPUT_RESULTS).map(([result, meaning]) => [code(result), meaning]),
  )

const outageReasons = (): string =>
  markdownTable(
    ['`reason`', 'meaning'],
    Object.entries(OUTAGES).map(([reason, meaning]) => [code(reason), meaning]),
  )

/** The folders and what each may import, for contributors. */
const layersTable = (): string =>
  markdownTable(
    ['folder', 'holds', 'may import'],
    FLOORS.map(({ folder, holds, imports }) => [
      code(`${folder}/`),
      holds,
      imports.length === 0 ? 'nothing' : imports.map(code).join(', '),
    ]),
  )

/** The page for users of an older pipeline, with its configurations. */
function migratingPage(): Generated {
  const folder = 'docs/migrating'
  const filled = readdirSync(root + folder).reduce(
    (page, name) => fillMarkers(page, name, `\`\`\`yaml\n${read(`${folder}/${name}`).trim()}\n\`\`\``),
    read(`${folder}.md`),
  )
  return [`${folder}.md`, filled]
}

/** The measurements of one exporter's speed and size. */
const figures = (): Figures => JSON.parse(read('docs/figures.json'))

/** The measurements of several exporters. */
const scaleFigures = (): ScaleFigures => JSON.parse(read('docs/scale.json'))

/** On the disk of Prometheus. */
const bytesOfSample = () => Number(measurements().disk?.values?.bytes_of_sample)

/** The pages that show measurements. */
function measuredPages(): Generated[] {
  const pages = globSync('{README*.md,{deploy,docs,grafana,packaging,plugins}/**/*.md}', { cwd: root }).sort()
  const measured = measurements()
  const size = (model: string) =>
    `${(statSync(`${root}plugins/scorers/tuned/${model}`).size / 1e6).toFixed(1)} MB`
  const derived = {
    exporter: { values: exporterValues(figures(), bytesOfSample()) },
    models: {
      ...measured.models,
      values: { ...measured.models?.values, english: size('en.model'), korean: size('ko.model') },
    },
  }
  const rest = unused(measured, pages.map(read))
  if (rest.length > 0) throw new Error(`docs/measurements.json: no page shows ${rest.join(', ')}`)
  return pages.map(path => {
    try {
      return [path, fillMeasured(read(path), { ...measured, ...derived })]
    } catch (error) {
      throw new Error(`${path}: ${(error as Error).message}`, { cause: error })
    }
  })
}

function scalePage(): Generated {
  const figures = scaleFigures()
  const bytes = bytesOfSample()
  const parts = {
    cost: costTable(figures),
    cores: coresTables(figures),
    prometheus: prometheusTable(figures, bytes),
    parts: partsTable(figures, bytes),
  }
  const page = Object.entries(parts).reduce(
    (page, [name, text]) => fillMarkers(page, name, text),
    read(SCALE),
  )
  return [SCALE, page]
}

const CONFIGURATION = 'docs/configuration.md'
const CONTRIBUTING = 'CONTRIBUTING.md'
const OUTPUTS = 'docs/outputs.md'
const RUNNING = 'docs/running.md'
const SCALE = 'docs/scale.md'
const SOURCES = 'docs/sources/README.md'

const documents: (() => Generated | Generated[] | Promise<Generated | Generated[]>)[] = [
  () => ['docs/metrics.md', metricsMarkdown()],
  async () => ['docs/errors.md', errorsMarkdown(await builtInPlugins())],
  () => [CONFIGURATION, fillMarkers(read(CONFIGURATION), 'reference', configurationReference())],
  () => [CONTRIBUTING, fillMarkers(read(CONTRIBUTING), 'floors', layersTable())],
  () => [OUTPUTS, fillMarkers(read(OUTPUTS), 'results', outputResults())],
  () => [SOURCES, fillMarkers(read(SOURCES), 'outages', outageReasons())],
  () => [RUNNING, fillMarkers(read(RUNNING), 'figures', usageTable(figures()))],
  scalePage,
  migratingPage,
  async () => {
    // Plugins can import `mood-exporter/plugin` only after the hooks are registered.
    const { digestsPage, PAGE } = await import('./digests/page.ts')
    return digestsPage(read(PAGE))
  },
  measuredPages,
  ...KINDS.flatMap(kind => PLUGIN_KINDS[kind].builtIn.map(name => () => pluginReadme(kind, name))),
]

const isCheck = process.argv.includes('--check')
let drifted = 0
for (const generate of documents) {
  try {
    const made = await generate()
    for (const [path, text] of isOne(made) ? [made] : made) {
      if (currentText(path) === text) continue
      drifted++
      if (!isCheck) writeFileSync(root + path, text)
      console.log(`${isCheck ? 'has drifted' : 'wrote'}: ${relative(process.cwd(), root + path)}`)
    }
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}
if (isCheck && drifted > 0) {
  console.error('Run `npm run docs` and commit what it wrote.')
  process.exitCode = 1
}

function isOne(made: Generated | Generated[]): made is Generated {
  return typeof made[0] === 'string'
}

function currentText(path: string): string | undefined {
  try {
    return read(path)
  } catch {
    return undefined
  }
}
