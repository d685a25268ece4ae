/*
 * guest-init ROOT PROGRAM ARGUMENT...: PID 1 of the namespace in which a program of the guest runs.
 *
 * The daemon starts it as the first process of a new PID namespace. It makes a mount namespace of its own whose root is ROOT
 * (pivot_root: the appliance is not even mounted there), mounts /dev, /dev/pts, /proc and /sys in it, runs PROGRAM, found
 * through $PATH in the guest, reaps every orphan, and ends with PROGRAM's status, 128 + signal number if it was killed. Then
 * the kernel kills and reaps every straggler and takes the mounts away.
 *
 * What it does not do: no signal handling, no session, no limits, no change of the environment. 126 is a failure of its own,
 * 127 a PROGRAM that cannot be executed, each with one line on standard error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *call, int status)
{
  dprintf(STDERR_FILENO, "%s: %s\n", call, strerrordesc_np(errno));
  _exit(status);
}

static void enter(const char *root)
{
  if (unshare(CLONE_NEWNS) == -1)
    fail("guest-init: unshare", 126);
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
    fail("guest-init: mount: /", 126);
  /* pivot_root wants a mount point; the bind makes one of any directory. */
  if (mount(root, root, NULL, MS_BIND | MS_REC, NULL) == -1)
    fail("guest-init: mount", 126);
  if (chdir(root) == -1)
    fail("guest-init: chdir", 126);
  if (syscall(SYS_pivot_root, ".", ".") == -1)
    fail("guest-init: pivot_root", 126);
  if (umount2(".", MNT_DETACH) == -1)
    fail("guest-init: umount", 126);
  if (chdir("/") == -1)
    fail("guest-init: chdir: /", 126);
}

/* A guest need not have these directories. Symbolic links in their place resolve inside the guest. */
static void mount_if_possible(const char *type, const char *target, unsigned long flags, const char *data)
{
  if (mount(type, target, type, flags, data) == -1)
    errno = 0;
}

int main(int argc, char **argv)
{
  const unsigned long safe = MS_NOSUID | MS_NOEXEC;
  pid_t program, ended;
  int status;

  if (argc < 3) {
    errno = EINVAL;
    fail("guest-init", 126);
  }
  enter(argv[1]);
  mount_if_possible("devtmpfs", "/dev", MS_NOSUID, NULL);
  mount_if_possible("devpts", "/dev/pts", safe, "mode=0620,gid=5,ptmxmode=0666");
  mount_if_possible("proc", "/proc", safe | MS_NODEV, NULL);
  mount_if_possible("sysfs", "/sys", safe | MS_NODEV, NULL);

  program = fork();
  if (program == -1)
    fail("guest-init: fork", 126);
  if (program == 0) {
    execvp(argv[2], argv + 2);
    fail(argv[2], 127);
  }
  do
    ended = waitpid(-1, &status, 0);
  while (ended != program && !(ended == -1 && errno != EINTR));
  if (ended == -1)
    fail("guest-init: waitpid", 126);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
