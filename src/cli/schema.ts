import { Command } from 'commander'
import { print } from './output.ts'

const EXAMPLES = `
Examples:
  $ mood-exporter schema > mood.schema.json

The first line of mood.yml, for editors that use the YAML language server:
  # yaml-language-server: $schema=./mood.schema.json`

/** `mood-exporter schema`: the configuration's JSON Schema. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('Print the JSON Schema of the configuration, for editors.')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const { configJsonSchema } = await import('../config/schema-json.ts')
      const { builtInPlugins } = await import('../loader/load.ts')
      print(JSON.stringify(configJsonSchema(await builtInPlugins()), null, 2))
    })
}
