/*
 * act SCRIPT: does what the lines of a script say, as a program of a guest would. One letter, then its arguments with blanks
 * between; what fails is left out, so that random scripts run to their end (files are opened so that a FIFO does not wait). The first words of each function below say what it does.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static char *arg[8];
static int failed;

static void check(int result)
{
  failed += result == -1;
}

static void fill(int fd, size_t size, long seed)
{
  char buffer[4096];

  for (size_t at = 0; at < size; at += sizeof buffer) {
    size_t part = size - at < sizeof buffer ? size - at : sizeof buffer;

    for (size_t i = 0; i < part; i++)
      buffer[i] = 'a' + (seed + at + i * 7) % 26;
    check(write(fd, buffer, part));
  }
}

/* Writes a file anew, appends, or overwrites in place: path, size, seed. */
static void write_file(int flags)
{
  int fd = open(arg[1], O_WRONLY | O_NONBLOCK | flags, 0644);

  check(fd);
  if (fd == -1)
    return;
  fill(fd, atol(arg[2]), atol(arg[3]));
  close(fd);
}

/* Writes through a mapping, after the descriptor was closed: path, seed. */
static void map_file(void)
{
  struct stat status;
  int fd = open(arg[1], O_RDWR | O_NONBLOCK);
  char *memory;

  check(fd);
  if (fd == -1 || fstat(fd, &status) == -1 || status.st_size == 0)
    return;
  memory = mmap(NULL, status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (memory == MAP_FAILED)
    return;
  memory[status.st_size / 2] = 'A' + atol(arg[2]) % 26;
  munmap(memory, status.st_size);
}

/* Changes a content so that size, mtime and ctime are as before, by setting the clock back: path, seed. */
static void change_unseen(void)
{
  struct stat status;
  struct timespec now, times[2];
  int fd = open(arg[1], O_WRONLY | O_NONBLOCK);

  check(fd);
  if (fd == -1 || fstat(fd, &status) == -1)
    return;
  clock_gettime(CLOCK_REALTIME, &now);
  fill(fd, status.st_size, atol(arg[2]));
  close(fd);
  times[0] = status.st_atim;
  times[1] = status.st_mtim;
  check(clock_settime(CLOCK_REALTIME, &status.st_ctim));
  check(utimensat(AT_FDCWD, arg[1], times, 0));
  check(clock_settime(CLOCK_REALTIME, &now));
}

/* Sets both times of a file, links not followed: path, seconds. */
static void set_times(void)
{
  struct timespec times[2] = {{atol(arg[2]), 5}, {atol(arg[2]), 7}};

  check(utimensat(AT_FDCWD, arg[1], times, AT_SYMLINK_NOFOLLOW));
}

/* Makes a file without a name, writes it, and then gives it one: directory, path, seed. */
static void link_nameless(void)
{
  char self[64];
  int fd = open(arg[1], O_TMPFILE | O_RDWR, 0600);

  check(fd);
  if (fd == -1)
    return;
  fill(fd, 100, atol(arg[3]));
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  check(linkat(AT_FDCWD, self, AT_FDCWD, arg[2], AT_SYMLINK_FOLLOW));
  close(fd);
}

/* Makes a file share the content of another: from, to. */
static void clone_file(void)
{
  int from = open(arg[1], O_RDONLY | O_NONBLOCK), to = open(arg[2], O_WRONLY | O_NONBLOCK | O_CREAT | O_TRUNC, 0644);

  if (from != -1 && to != -1 && ioctl(to, FICLONE, from) == -1)
    check(copy_file_range(from, NULL, to, NULL, 1 << 20, 0));
  close(from);
  close(to);
}

/* Mounts a device by itself, makes a file there, and unmounts: device, type, directory, path, seed. */
static void write_below(void)
{
  check(mount(arg[1], arg[3], arg[2], 0, NULL));
  arg[1] = arg[4], arg[2] = "10", arg[3] = arg[5];
  write_file(O_CREAT | O_TRUNC);
}

/* Mounts an overlay and writes a file in it: options, directory, path, seed. */
static void write_in_overlay(void)
{
  const char *directory = arg[2];

  check(mount("overlay", directory, "overlay", 0, arg[1]));
  arg[1] = arg[3], arg[2] = "10", arg[3] = arg[4];
  write_file(O_CREAT);
  check(umount(directory));
}

static void set_clock(void)
{
  struct timespec time = {atol(arg[1]), 0};

  check(clock_settime(CLOCK_REALTIME, &time));
}

static void act(void)
{
  switch (arg[0][0]) {
  case 'w': write_file(O_CREAT | O_TRUNC); break;
  case 'a': write_file(O_CREAT | O_APPEND); break;
  case 'o': write_file(0); break;
  case 'm': map_file(); break;
  case 'z': change_unseen(); break;
  case 't': check(truncate(arg[1], atol(arg[2]))); break;
  case 'd': check(mkdir(arg[1], 0755)); break;
  case 'r': check(remove(arg[1])); break;
  case 'v': check(rename(arg[1], arg[2])); break;
  case 'x': check(renameat2(AT_FDCWD, arg[1], AT_FDCWD, arg[2], RENAME_EXCHANGE)); break;
  case 'l': check(link(arg[1], arg[2])); break;
  case 's': check(symlink(arg[1], arg[2])); break;
  case 'n': check(mkfifo(arg[1], 0600)); break;
  case 'c': check(chmod(arg[1], strtol(arg[2], NULL, 8))); break;
  case 'u': check(lchown(arg[1], atol(arg[2]), atol(arg[3]))); break;
  case 'T': set_times(); break;
  case 'X': check(lsetxattr(arg[1], arg[2], arg[3], strlen(arg[3]), 0)); break;
  case 'Y': check(lremovexattr(arg[1], arg[2])); break;
  case 'U': link_nameless(); break;
  case 'b': clone_file(); break;
  case 'D': set_clock(); break;
  case 'M': write_below(); break;
  case 'O': write_in_overlay(); break;
  default: failed++;
  }
}

int main(int argc, char **argv)
{
  char line[4096];
  FILE *script = fopen(argc > 1 ? argv[1] : "/script", "r");

  if (script == NULL)
    return 1;
  while (fgets(line, sizeof line, script) != NULL) {
    int count = 0;

    for (char *word = strtok(line, " \n"); word != NULL && count < 8; word = strtok(NULL, " \n"))
      arg[count++] = word;
    while (count < 8)
      arg[count++] = "0";
    act();
  }
  printf("%d\n", failed);
  return 0;
}
