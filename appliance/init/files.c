/*
 * Small things done with files and programs. Settings that cannot be written are only noted; what must work ends the VM.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"

void make_dir(const char *path, mode_t mode)
{
  if (mkdir(path, mode) == -1 && errno != EEXIST)
    fail("mkdir", path);
}

void mount_or_fail(const char *source, const char *target, const char *type, unsigned long flags, const char *data)
{
  if (mount(source, target, type, flags, data) == -1)
    fail("mount", target);
}

/* Writes a short text to a file; failures are ignored, since these files are settings that only help. */
void put(const char *path, const char *text)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

  if (fd == -1)
    return;
  if (write(fd, text, strlen(text)) < 0)
    note("write: %s: %s", path, strerror(errno));
  close(fd);
}

/* Reads at most size - 1 bytes of a file and ends them with NUL; gives the length or -1. */
ssize_t slurp(const char *path, char *buffer, size_t size)
{
  ssize_t length;
  int fd = open(path, O_RDONLY | O_CLOEXEC);

  if (fd == -1)
    return -1;
  length = read(fd, buffer, size - 1);
  close(fd);
  if (length >= 0)
    buffer[length] = '\0';
  return length;
}

bool exists_below(const char *directory, const char *name)
{
  char path[PATH_MAX];

  snprintf(path, sizeof path, "%s/%s", directory, name);
  return access(path, F_OK) == 0;
}

/* Starts a program and waits for it. Gives its wait status. */
int run(char *const argv[])
{
  int status = -1;
  pid_t pid = fork();

  if (pid == 0) {
    execv(argv[0], argv);
    printf("gild init: exec: %s: %s\n", argv[0], strerror(errno));
    fflush(stdout);
    _exit(127);
  }
  if (pid > 0)
    while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
      ;
  note("%s: wait status %d", argv[0], status);
  return status;
}
