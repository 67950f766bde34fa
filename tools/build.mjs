// Builds dist/: JavaScript of src/ and plugins/, since Node.js strips no types below node_modules, the types of the
// plugin API, and what the program reads beside them.
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)
rmSync('dist', { recursive: true, force: true })
const { status } = spawnSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' })
if (status !== 0) process.exit(1)
// Only what can be imported is worth types: the plugin API.
for (const file of globSync('dist/**/*.d.ts')) if (!file.startsWith('dist/src/plugin/')) rmSync(file)
for (const file of globSync(['plugins/*/*/{example.yml,*.model}', 'src/pipeline/*.table']))
  cpSync(file, `dist/${file}`)
