// Builds dist/: JavaScript and types of src/ and plugins/, since Node.js strips no types below node_modules, and what
// the program reads beside them.
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)
rmSync('dist', { recursive: true, force: true })
execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' })
for (const file of globSync('plugins/*/*/*.{yml,md}')) cpSync(file, `dist/${file}`)
