import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

export interface TortureRun {
  code: number | null
  output: string
  /** The number in a row of the table at the end of the output. */
  row: (what: string) => number
}

/** Runs `npm run torture -- ARGS` to its end. */
export async function runTorture(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<TortureRun> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // On this signal it ends the processes that it started.
  const orphaned = () => child.kill('SIGTERM')
  process.once('exit', orphaned)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const [code] = await once(child, 'close')
  process.off('exit', orphaned)
  const row = (what: string) =>
    Number(new RegExp(`^ +${what} +([\\d,]+)`, 'm').exec(output)?.[1]?.replaceAll(',', ''))
  return { code, output, row }
}

/** Removes the working folder that a run kept. */
export function removeKept({ output }: TortureRun): void {
  const kept = /working directory is kept: (\S*mood-torture-\S+)/.exec(output)?.[1]
  if (kept !== undefined) rmSync(kept, { recursive: true, force: true })
}
