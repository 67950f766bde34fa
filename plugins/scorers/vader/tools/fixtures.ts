/**
 * Scores texts with the reference and writes the results to the folder of the scorer's tests:
 *
 *     python3 -m venv /tmp/vader && /tmp/vader/bin/pip install vaderSentiment==3.3.2
 *     node plugins/scorers/vader/tools/fixtures.ts /tmp/vader/bin/python
 *
 * `edge-cases.tsv` has invented texts with their scores; `real-posts.gz` has only the scores of 20,000 real posts,
 * after a checksum of them: the posts themselves, in the folder `MOOD_DATA`, are not part of the repository.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { checksum, realPosts } from '../testing-posts.ts'
import { edgeCases } from './edge-cases.ts'

const FOLDER = new URL('../fixtures/', import.meta.url)
const REFERENCE = fileURLToPath(new URL('reference.py', import.meta.url))

function compounds(texts: readonly string[], python: string): number[] {
  const { status, stdout, error } = spawnSync(python, [REFERENCE], {
    input: texts.map(text => `${JSON.stringify(text)}\n`).join(''),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  })
  if (status !== 0) throw new Error(`the reference failed under ${python}`, { cause: error })
  return stdout.trimEnd().split('\n').map(Number)
}

const [python = 'python3'] = process.argv.slice(2)
mkdirSync(FOLDER, { recursive: true })

const texts = edgeCases()
const scores = compounds(texts, python)
writeFileSync(
  new URL('edge-cases.tsv', FOLDER),
  texts.map((text, i) => `${scores[i]}\t${JSON.stringify(text)}\n`).join(''),
)
console.log(
  `edge-cases.tsv: ${texts.length} texts, ${scores.filter(score => score !== 0).length} not scored 0`,
)

const folder = env.MOOD_DATA
if (folder === undefined) console.log('real-posts.gz: left as it is, as MOOD_DATA names no folder')
else {
  const posts = realPosts(file => join(folder, file))
  // Four decimals from -1 to 1 fit into 16 bits as whole numbers.
  const values = Int16Array.from(compounds(posts, python), compound => Math.round(compound * 10_000))
  const bytes = Buffer.concat([checksum(posts), Buffer.from(values.buffer)])
  writeFileSync(new URL('real-posts.gz', FOLDER), gzipSync(bytes, { level: 9 }))
  console.log(`real-posts.gz: the scores of ${posts.length} posts`)
}
