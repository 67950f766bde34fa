import { ERRORS, type ErrorDeclaration } from '../../src/catalogue/errors.ts'
import type { PluginDefinition } from '../../src/plugin/definitions.ts'

const HEADER = `# Errors

<!-- Generated from src/catalogue/errors.ts and the built-in plugins by \`npm run docs\`. -->

Every error that the exporter raises ends in a code, such as \`(ERR_LISTEN)\`. The message says what happened and where;
this page says what the code means and what to do.`

/** The reference of error codes, those of the exporter and those that plugins declare, each with a heading. */
export function errorsMarkdown(plugins: readonly PluginDefinition[]): string {
  const own = Object.entries<ErrorDeclaration>(ERRORS).map(([code, declared]) =>
    section(code, lines(declared)),
  )
  const ofPlugins = plugins.flatMap(({ kind, name, errors = {} }) =>
    Object.entries(errors).map(([code, text]) => section(code, [`Of the ${kind} \`${name}\`.`, text])),
  )
  return [
    HEADER,
    ...own,
    '## Errors of plugins',
    'What the built-in plugins find wrong when they are created, beyond what the schema of their options says.',
    ...ofPlugins,
  ]
    .join('\n\n')
    .concat('\n')
}

const section = (code: string, paragraphs: readonly string[]) => [`### ${code}`, ...paragraphs].join('\n\n')

/** Names of values in italics; within code in capitals, as there are no italics. */
const quoted = (message: string) =>
  message
    .replace(/`[^`]+`/g, code => code.replace(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase()))
    .replace(/\{(\w+)\}/g, '*$1*')

function lines({ message, means, action, exit }: ErrorDeclaration): string[] {
  // A message that consists of a placeholder alone explains nothing here.
  const shown = /^\{\w+\}$/.test(message) ? [] : [`> ${quoted(message)}`]
  return [
    ...shown,
    means,
    `**What to do.** ${action}`,
    ...(exit === undefined ? [] : [`The command exits with ${exit}.`]),
  ]
}
