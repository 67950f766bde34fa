import '../loader/hooks.ts'
import { report } from './errors.ts'
import { createProgram } from './program.ts'

// A reader that closes the output early, as `head` does, is not a failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code }: NodeJS.ErrnoException) =>
    process.exit(code === 'EPIPE' ? process.exitCode : 1),
  )
}

const program = createProgram()
const { promise: flushed, resolve } = Promise.withResolvers<void>()
try {
  await program.parseAsync()
} catch (error) {
  const { logLevel } = program.opts<{ logLevel?: string }>()
  process.exitCode = report(error, logLevel === 'debug' || logLevel === 'trace')
}
// A command ends with its action: a socket that a plugin left open must not keep the process alive.
process.stdout.write('', () => resolve())
await flushed
process.exit()
