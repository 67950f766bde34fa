import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { env, getuid } from 'node:process'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { onPath } from '../stack/tools.ts'

const run = promisify(execFile)

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * The browser that takes pictures: the one in CHROMIUM, otherwise one on the PATH.
 * @throws Error if there is none
 */
export function browser(): string {
  const found = env.CHROMIUM || BROWSERS.map(onPath).find(path => path !== undefined)
  if (!found)
    throw new Error('no Chromium for --png: install one (apt-get install chromium), or name it in CHROMIUM')
  return found
}

/** Takes a picture of a page's file; reduced to 256 colours if `pngquant` is on the PATH. */
export async function takePicture(
  page: string,
  picture: string,
  { width, height }: { width: number; height: number },
): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'mood-exporter-chromium-'))
  try {
    await run(
      browser(),
      [
        '--headless',
        '--disable-gpu',
        '--hide-scrollbars',
        // Chromium does not run sandboxed as root, such as in a container.
        ...(getuid?.() === 0 ? ['--no-sandbox'] : []),
        `--user-data-dir=${profile}`,
        `--window-size=${width},${height}`,
        `--screenshot=${resolve(picture)}`,
        pathToFileURL(resolve(page)).href,
      ],
      { timeout: 60_000 },
    )
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 3 })
  }
  const pngquant = onPath('pngquant')
  if (pngquant)
    await run(pngquant, ['--force', '--skip-if-larger', '--strip', '--output', picture, '256', picture])
}
