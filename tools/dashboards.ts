/**
 * Generates the dashboards for Grafana from their TypeScript: `npm run dashboards` writes them;
 * `npm run dashboards -- --check` lists those that are outdated or invalid, and exits with 1 if there are any.
 */
import { fileURLToPath } from 'node:url'
import { checkStack } from '../grafana/check/stack.ts'
import { generate } from '../grafana/generate.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const isCheck = process.argv.includes('--check')

const drifted = generate(root, { write: !isCheck })
for (const path of drifted) console.log(`${isCheck ? 'has drifted' : 'wrote'}: ${path}`)
const problems = checkStack(root)
for (const problem of problems) console.error(problem)
if (isCheck && drifted.length > 0) console.error('Run `npm run dashboards` and commit what it wrote.')
if (problems.length > 0 || (isCheck && drifted.length > 0)) process.exitCode = 1
