import '../loader/hooks.ts'
import { report } from './errors.ts'
import { createProgram } from './program.ts'

// The reader of the output may close it early, as `head` does: that is no failure.
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
// A command is over when its action is: a plugin that left a socket open must not keep the process.
process.stdout.write('', () => resolve())
await flushed
process.exit()
