/* Put before the C library (LD_PRELOAD): files under LIFELINE_FAULTY_FOLDER behave as the control file
   LIFELINE_FAULTY_CONTROL says, which is mapped, so that a change holds at once and costs nothing to look at:
   none | full | slow <ms> | readonly | gone, as text in the first 64 bytes; a counter of hits follows.

   What is written through the buffers of <stdio.h> is only seen at its opening: the C library calls itself there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { mode_bytes = 64, control_bytes = 128, most_files = 65536 };
enum kind { reads, writes, syncs, makes, removes };

static char* control;
static char folder[PATH_MAX];
static size_t folder_length;
static unsigned char watched[most_files];

#define REAL(name)                                                                                                     \
  static __typeof__(&name) real;                                                                                       \
  if (!real) *(void**)&real = dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
  const char* file = getenv("LIFELINE_FAULTY_CONTROL");
  const char* under = getenv("LIFELINE_FAULTY_FOLDER");
  if (!file || !under || !realpath(under, folder)) return;
  folder_length = strlen(folder);
  int fd = open(file, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void* memory = mmap(NULL, control_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (memory != MAP_FAILED) control = memory;
}

static int is_under(int at, const char* path) {
  char whole[PATH_MAX];
  if (!control || !path) return 0;
  if (path[0] != '/') {
    char base[PATH_MAX];
    if (at == AT_FDCWD) {
      if (!getcwd(base, sizeof base)) return 0;
    } else {
      char link[64];
      snprintf(link, sizeof link, "/proc/self/fd/%d", at);
      ssize_t size = readlink(link, base, sizeof base - 1);
      if (size < 0) return 0;
      base[size] = 0;
    }
    if (snprintf(whole, sizeof whole, "%s/%s", base, path) >= (int)sizeof whole) return 0;
    path = whole;
  }
  return strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || path[folder_length] == 0);
}

static int is_watched(int fd) { return control && fd >= 0 && fd < most_files && watched[fd]; }

static int fail(int error) {
  __atomic_add_fetch((unsigned long*)(control + mode_bytes), 1, __ATOMIC_SEQ_CST);
  errno = error;
  return -1;
}

static void delay(void) {
  const long ms = strtol(control + 5, NULL, 10);
  struct timespec left = {ms / 1000, ms % 1000 * 1000000};
  __atomic_add_fetch((unsigned long*)(control + mode_bytes), 1, __ATOMIC_SEQ_CST);
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

/* 0, or -1 with errno set: what the disk says to this kind of operation now. */
static int ask(enum kind what) {
  switch (__atomic_load_n(control, __ATOMIC_SEQ_CST)) {
  case 'f': return what == writes || what == makes ? fail(ENOSPC) : 0;
  case 's':
    if (what != reads && what != removes) delay();
    return 0;
  case 'r': return what == reads ? 0 : fail(EROFS);
  case 'g': return fail(EIO);
  default: return 0;
  }
}

static int remember(int fd, int under) {
  if (fd >= 0 && fd < most_files) watched[fd] = (unsigned char)under;
  return fd;
}

/* An existing file is opened for reading or writing; a missing one is made. */
static int ask_open(int at, const char* path, int flags) {
  struct stat info;
  if ((flags & O_ACCMODE) == O_RDONLY && !(flags & O_CREAT)) return ask(reads);
  const int exists = fstatat(at, path, &info, 0) == 0;
  if (!exists) return ask(makes);
  const char mode = __atomic_load_n(control, __ATOMIC_SEQ_CST);
  return mode == 'f' ? 0 : ask(makes);
}

#define OPEN(name, call, ...)                                                                                          \
  mode_t mode = 0;                                                                                                     \
  if (flags & (O_CREAT | __O_TMPFILE)) {                                                                               \
    va_list list;                                                                                                      \
    va_start(list, flags);                                                                                             \
    mode = va_arg(list, mode_t);                                                                                       \
    va_end(list);                                                                                                      \
  }                                                                                                                    \
  REAL(name);                                                                                                          \
  const int under = is_under(at, path);                                                                                \
  if (under && ask_open(at, path, flags) != 0) return -1;                                                              \
  return remember(call, under)

int open(const char* path, int flags, ...) {
  const int at = AT_FDCWD;
  OPEN(open, real(path, flags, mode));
}
int open64(const char* path, int flags, ...) {
  const int at = AT_FDCWD;
  OPEN(open64, real(path, flags, mode));
}
int openat(int at, const char* path, int flags, ...) { OPEN(openat, real(at, path, flags, mode)); }
int openat64(int at, const char* path, int flags, ...) { OPEN(openat64, real(at, path, flags, mode)); }

static int open_flags(const char* how) {
  if (strchr(how, '+')) return how[0] == 'r' ? O_RDWR : O_RDWR | O_CREAT;
  return how[0] == 'r' ? O_RDONLY : O_WRONLY | O_CREAT;
}
#define FOPEN(name)                                                                                                    \
  REAL(name);                                                                                                          \
  const int under = is_under(AT_FDCWD, path);                                                                          \
  if (under && ask_open(AT_FDCWD, path, open_flags(how)) != 0) return NULL;                                            \
  FILE* file = real(path, how);                                                                                        \
  if (file) remember(fileno(file), under);                                                                             \
  return file
FILE* fopen(const char* path, const char* how) { FOPEN(fopen); }
FILE* fopen64(const char* path, const char* how) { FOPEN(fopen64); }

int close(int fd) {
  REAL(close);
  if (fd >= 0 && fd < most_files) watched[fd] = 0;
  return real(fd);
}

#define BY_FD(type, name, what, parameters, ...)                                                                       \
  type name parameters {                                                                                               \
    REAL(name);                                                                                                        \
    if (is_watched(fd) && ask(what) != 0) return -1;                                                                   \
    return real(__VA_ARGS__);                                                                                          \
  }
BY_FD(ssize_t, write, writes, (int fd, const void* data, size_t size), fd, data, size)
BY_FD(ssize_t, writev, writes, (int fd, const struct iovec* parts, int count), fd, parts, count)
BY_FD(ssize_t, pwrite, writes, (int fd, const void* data, size_t size, off_t at), fd, data, size, at)
BY_FD(ssize_t, pwrite64, writes, (int fd, const void* data, size_t size, off64_t at), fd, data, size, at)
BY_FD(ssize_t, pwritev, writes, (int fd, const struct iovec* parts, int count, off_t at), fd, parts, count, at)
BY_FD(ssize_t, pwritev64, writes, (int fd, const struct iovec* parts, int count, off64_t at), fd, parts, count, at)
BY_FD(ssize_t, read, reads, (int fd, void* data, size_t size), fd, data, size)
BY_FD(ssize_t, pread, reads, (int fd, void* data, size_t size, off_t at), fd, data, size, at)
BY_FD(ssize_t, pread64, reads, (int fd, void* data, size_t size, off64_t at), fd, data, size, at)
BY_FD(int, fsync, syncs, (int fd), fd)
BY_FD(int, fdatasync, syncs, (int fd), fd)
BY_FD(int, syncfs, syncs, (int fd), fd)
BY_FD(int, sync_file_range, syncs, (int fd, off64_t at, off64_t size, unsigned flags), fd, at, size, flags)
BY_FD(int, ftruncate, syncs, (int fd, off_t size), fd, size)
BY_FD(int, ftruncate64, syncs, (int fd, off64_t size), fd, size)
BY_FD(int, fallocate, writes, (int fd, int how, off_t at, off_t size), fd, how, at, size)
BY_FD(int, fallocate64, writes, (int fd, int how, off64_t at, off64_t size), fd, how, at, size)

/* These return the error instead of setting errno. */
int posix_fallocate(int fd, off_t at, off_t size) {
  REAL(posix_fallocate);
  return is_watched(fd) && ask(writes) != 0 ? errno : real(fd, at, size);
}
int posix_fallocate64(int fd, off64_t at, off64_t size) {
  REAL(posix_fallocate64);
  return is_watched(fd) && ask(writes) != 0 ? errno : real(fd, at, size);
}

#define BY_PATH(name, what, parameters, at, path, ...)                                                                 \
  int name parameters {                                                                                                \
    REAL(name);                                                                                                        \
    if (is_under(at, path) && ask(what) != 0) return -1;                                                               \
    return real(__VA_ARGS__);                                                                                          \
  }
BY_PATH(mkdir, makes, (const char* path, mode_t mode), AT_FDCWD, path, path, mode)
BY_PATH(mkdirat, makes, (int at, const char* path, mode_t mode), at, path, at, path, mode)
BY_PATH(rename, syncs, (const char* from, const char* to), AT_FDCWD, to, from, to)
BY_PATH(renameat, syncs, (int at, const char* from, int to_at, const char* to), to_at, to, at, from, to_at, to)
BY_PATH(link, makes, (const char* from, const char* to), AT_FDCWD, to, from, to)
BY_PATH(symlink, makes, (const char* from, const char* to), AT_FDCWD, to, from, to)
BY_PATH(unlink, removes, (const char* path), AT_FDCWD, path, path)
BY_PATH(unlinkat, removes, (int at, const char* path, int flags), at, path, at, path, flags)
BY_PATH(rmdir, removes, (const char* path), AT_FDCWD, path, path)
BY_PATH(truncate, syncs, (const char* path, off_t size), AT_FDCWD, path, path, size)
BY_PATH(chmod, syncs, (const char* path, mode_t mode), AT_FDCWD, path, path, mode)
