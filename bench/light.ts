import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LAST_RELEASE, programOfLastRelease } from './support/last-release.ts'
import { heading, line } from './support/report.ts'
import { type Usage, usageOf } from './support/usage.ts'

const DEMO = new URL('../plugins/sources/demo/example.yml', import.meta.url)

/** The default configuration with a source that receives nothing. */
const IDLE = { sources: [{ use: 'http', listen: '127.0.0.1:0' }] }

/** The memory of the exporter before it was made lighter, in MB. */
const BEFORE_MB = 222

/** (i) the resources of an idle exporter, and of the demo. */
export async function benchLight(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mood-exporter-light-'))
  try {
    const bin = programOfLastRelease(folder)
    const demo = readFileSync(DEMO, 'utf8')
    const idle = await usageOf(IDLE)
    const busy = await usageOf(demo)
    const scraped = await usageOf(demo, { scrapeEveryMs: 1000 })
    heading('Light: the default configuration without posts, and the demo of 300 posts a second')
    const show = (
      what: string,
      { processor, memory }: Usage,
      most?: { processor: number; memory: number },
    ) => {
      const percent = `${(processor * 100).toFixed(2)} %`
      const MB = `${memory.toFixed(0)} MB`
      line(`${what}: processor`, percent, most && atMost(processor * 100, most.processor, '% of a core'))
      line(`${what}: memory`, MB, most && atMost(memory, most.memory, 'MB'))
    }
    show('(i) idle', idle, { processor: 0.5, memory: Math.min(120, 0.6 * BEFORE_MB) })
    show('(i) demo', busy, { processor: 2, memory: 160 })
    show('demo, scraped once a second', scraped)
    if (bin === undefined) return
    show(`idle, the last release (${LAST_RELEASE})`, await usageOf(IDLE, { bin }))
    show('demo, the last release', await usageOf(demo, { bin }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const atMost = (value: number, most: number, unit: string) => ({
  text: `≤ ${most} ${unit}`,
  met: value <= most,
})
