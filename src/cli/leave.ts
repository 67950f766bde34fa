/**
 * Ends the process immediately with this exit code, whatever its threads are doing. `process.exit` waits for each of
 * them, and forever for one in a system call, such as a plugin that waits for a child process. Replacing the process
 * by another program ends them all; signals would not work for process 1 of a container.
 */
export function leaveAtOnce(code: number): never {
  try {
    process.execve?.(process.execPath, [process.execPath, '--eval', `process.exit(${code})`], {})
  } catch {
    // Not available on this system.
  }
  process.kill(process.pid, 'SIGKILL')
  process.exit(code)
}
