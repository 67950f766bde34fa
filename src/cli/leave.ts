/**
 * Ends the process at once, with this exit code, whatever its threads are at. `process.exit` waits for each of them,
 * and for one in a system call, such as a plugin that waits for a child process, for ever. To run another program in
 * this process's place ends them all; signals would not do for what runs as process 1 of a container.
 */
export function leaveAtOnce(code: number): never {
  try {
    process.execve?.(process.execPath, [process.execPath, '--eval', `process.exit(${code})`], {})
  } catch {
    // Not to be had on this system.
  }
  process.kill(process.pid, 'SIGKILL')
  process.exit(code)
}
