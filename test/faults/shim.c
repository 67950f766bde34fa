/*
 * Preloaded into a process, intercepts the system calls that change files below FAULT_DIR.
 *
 * FAULT_COPIES  a directory: before each call, and in the middle of each write, the files are copied there, as a crash
 *               at that moment would leave them (N.before, N.half), and as a power failure would that loses
 *               everything that was not synced (N.synced).
 * FAULT_AT      a number: that call fails, with FAULT_ERRNO, and so do FAULT_TIMES - 1 calls after it.
 * FAULT_RUN     counting begins again when it changes.
 * FAULT_COUNT   a file that is made as long, in bytes, as there were calls.
 * FAULT_NOTE    a file that is copied with each copy.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long calls = 0;
static char run[32] = "";
static __thread int inside = 0;

#define REAL(name, type) \
  static type real = NULL; \
  if (!real) real = (type)dlsym(RTLD_NEXT, name)

static ssize_t real_pwrite(int fd, const void *data, size_t n, off_t at) {
  typedef ssize_t (*call)(int, const void *, size_t, off_t);
  REAL("pwrite64", call);
  return real(fd, data, n, at);
}

static ssize_t real_write(int fd, const void *data, size_t n) {
  typedef ssize_t (*call)(int, const void *, size_t);
  REAL("write", call);
  return real(fd, data, n);
}

static int real_open(const char *path, int flags, mode_t mode) {
  typedef int (*call)(const char *, int, ...);
  REAL("open64", call);
  return real(path, flags, mode);
}

static void copy_file(const char *from, const char *to) {
  char buffer[65536];
  int in = real_open(from, O_RDONLY, 0);
  if (in < 0) return;
  int out = real_open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ssize_t n;
  while ((n = read(in, buffer, sizeof buffer)) > 0) real_write(out, buffer, n);
  close(out);
  /* A process loses its locks on a file when it closes any descriptor of it: here no other process wants them. */
  close(in);
}

static void copy_directory(const char *from, const char *to) {
  mkdir(to, 0700);
  DIR *directory = opendir(from);
  if (!directory) return;
  struct dirent *entry;
  char in[PATH_MAX], out[PATH_MAX];
  while ((entry = readdir(directory))) {
    if (entry->d_name[0] == '.') continue;
    /* Nothing is in it. */
    if (strncmp(entry->d_name, "lock", 4) == 0) continue;
    snprintf(in, sizeof in, "%s/%s", from, entry->d_name);
    snprintf(out, sizeof out, "%s/%s", to, entry->d_name);
    copy_file(in, out);
  }
  closedir(directory);
}

static void copy(const char *what) {
  const char *copies = getenv("FAULT_COPIES"), *dir = getenv("FAULT_DIR"), *note = getenv("FAULT_NOTE");
  if (!copies || !*copies) return;
  char to[PATH_MAX], synced[PATH_MAX], file[PATH_MAX + 8];
  snprintf(to, sizeof to, "%s/%ld.%s", copies, calls, what);
  copy_directory(dir, to);
  if (note) {
    snprintf(file, sizeof file, "%s/note", to);
    copy_file(note, file);
  }
  if (strcmp(what, "before") != 0) return;
  snprintf(synced, sizeof synced, "%s/synced", copies);
  snprintf(to, sizeof to, "%s/%ld.synced", copies, calls);
  copy_directory(synced, to);
  if (note) {
    snprintf(file, sizeof file, "%s/note", to);
    copy_file(note, file);
  }
}

static void note_synced(const char *path) {
  const char *copies = getenv("FAULT_COPIES");
  if (!copies || !*copies) return;
  char to[PATH_MAX];
  snprintf(to, sizeof to, "%s/synced", copies);
  mkdir(to, 0700);
  snprintf(to, sizeof to, "%s/synced/%s", copies, strrchr(path, '/') + 1);
  copy_file(path, to);
}

static int is_watched(const char *path) {
  const char *dir = getenv("FAULT_DIR");
  return dir && *dir && strncmp(path, dir, strlen(dir)) == 0 && path[strlen(dir)] == '/';
}

static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, PATH_MAX - 1);
  if (n < 0) return 0;
  path[n] = 0;
  return is_watched(path);
}

/* Counts a call. Returns whether it is to fail. */
static int begin(void) {
  const char *now = getenv("FAULT_RUN"), *at = getenv("FAULT_AT"), *times = getenv("FAULT_TIMES");
  pthread_mutex_lock(&mutex);
  inside = 1;
  if (now && strcmp(now, run) != 0) {
    snprintf(run, sizeof run, "%s", now);
    calls = 0;
  }
  calls++;
  const char *count = getenv("FAULT_COUNT");
  if (count && *count && truncate(count, calls) != 0) abort();
  copy("before");
  long first = at ? atol(at) : 0, n = times ? atol(times) : 1;
  if (first > 0 && calls >= first && calls < first + n) {
    const char *error = getenv("FAULT_ERRNO");
    errno = error ? atoi(error) : EIO;
    return 1;
  }
  return 0;
}

static void end(void) {
  int saved = errno;
  inside = 0;
  pthread_mutex_unlock(&mutex);
  errno = saved;
}

static ssize_t write_at(int fd, const void *data, size_t n, off_t at, int is_positioned) {
  char path[PATH_MAX];
  if (inside || !path_of(fd, path)) return is_positioned ? real_pwrite(fd, data, n, at) : real_write(fd, data, n);
  ssize_t result = -1;
  if (!begin()) {
    const char *copies = getenv("FAULT_COPIES");
    if (copies && *copies && is_positioned && n > 1) {
      real_pwrite(fd, data, n / 2, at);
      copy("half");
    }
    result = is_positioned ? real_pwrite(fd, data, n, at) : real_write(fd, data, n);
  }
  end();
  return result;
}

ssize_t write(int fd, const void *data, size_t n) { return write_at(fd, data, n, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t n, off_t at) { return write_at(fd, data, n, at, 1); }
ssize_t pwrite64(int fd, const void *data, size_t n, off_t at) { return write_at(fd, data, n, at, 1); }

static int sync_by(const char *name, int fd) {
  typedef int (*call)(int);
  call real = (call)dlsym(RTLD_NEXT, name);
  char path[PATH_MAX];
  if (inside || !path_of(fd, path)) return real(fd);
  int result = -1;
  if (!begin()) {
    result = real(fd);
    note_synced(path);
  }
  end();
  return result;
}

int fsync(int fd) { return sync_by("fsync", fd); }
int fdatasync(int fd) { return sync_by("fdatasync", fd); }

static int truncate_by(int fd, off_t n) {
  typedef int (*call)(int, off_t);
  REAL("ftruncate64", call);
  char path[PATH_MAX];
  if (inside || !path_of(fd, path)) return real(fd, n);
  int result = -1;
  if (!begin()) result = real(fd, n);
  end();
  return result;
}

int ftruncate(int fd, off_t n) { return truncate_by(fd, n); }
int ftruncate64(int fd, off_t n) { return truncate_by(fd, n); }

int unlink(const char *path) {
  typedef int (*call)(const char *);
  REAL("unlink", call);
  if (inside || !is_watched(path)) return real(path);
  int result = -1;
  if (!begin()) {
    result = real(path);
    const char *copies = getenv("FAULT_COPIES");
    char synced[PATH_MAX];
    snprintf(synced, sizeof synced, "%s/synced%s", copies ? copies : "", strrchr(path, '/'));
    if (copies && *copies) real(synced);
  }
  end();
  return result;
}

static int open_by(const char *path, int flags, mode_t mode) {
  if (inside || !(flags & O_CREAT) || !is_watched(path)) return real_open(path, flags, mode);
  int result = -1;
  if (!begin()) result = real_open(path, flags, mode);
  end();
  return result;
}

int open(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = va_arg(list, mode_t);
  va_end(list);
  return open_by(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = va_arg(list, mode_t);
  va_end(list);
  return open_by(path, flags, mode);
}
