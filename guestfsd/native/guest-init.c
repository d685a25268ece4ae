/*
 * guest-init guest ROOT PROGRAM ARGUMENT...: PID 1 of the namespace in which a program of the guest runs.
 * guest-init walk ROOT PROGRAM ARGUMENT...: the same around a program of the appliance that enter-root.c brings to the guest.
 *
 * The daemon starts it as the first process of a new PID namespace. It makes a mount namespace of its own. For a guest's
 * program ROOT becomes its root (pivot_root: the appliance is not even mounted there), with /dev, /dev/pts, /proc and /sys
 * mounted in it. For one of the appliance only ROOT's /proc is mounted: no process of it has the appliance as its root but
 * PROGRAM before it enters. Then it runs PROGRAM, found through $PATH, reaps every orphan, and ends with PROGRAM's status, 128 +
 * signal number if it was killed. The kernel then kills and reaps every straggler and takes the mounts away.
 *
 * What it does not do: no signal handling, no session, no limits, no change of the environment. 126 is a failure of its own,
 * 127 a PROGRAM that cannot be executed, each with one line on standard error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
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

static void own_mounts(void)
{
  if (unshare(CLONE_NEWNS) == -1)
    fail("guest-init: unshare", 126);
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
    fail("guest-init: mount: /", 126);
}

static void enter(const char *root)
{
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

static void mount_for_guest(void)
{
  const unsigned long safe = MS_NOSUID | MS_NOEXEC;

  mount_if_possible("devtmpfs", "/dev", MS_NOSUID, NULL);
  mount_if_possible("devpts", "/dev/pts", safe, "mode=0620,gid=5,ptmxmode=0666");
  mount_if_possible("proc", "/proc", safe | MS_NODEV, NULL);
  mount_if_possible("sysfs", "/sys", safe | MS_NODEV, NULL);
}

/*
 * The mount is made with ROOT as the root, so that a symbolic link in place of /proc resolves in the guest. This process is
 * visible in it: it stays inside, and only its child goes back out to start PROGRAM.
 */
static int mount_for_walk(const char *root)
{
  int outside = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (outside == -1)
    fail("guest-init: open: /", 126);
  if (chdir(root) == -1)
    fail("guest-init: chdir", 126);
  if (chroot(".") == -1)
    fail("guest-init: chroot", 126);
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL) == -1)
    fail("guest-init: mount: /proc", 126);
  return outside;
}

static void go_outside(int outside)
{
  if (fchdir(outside) == -1)
    fail("guest-init: fchdir", 126);
  if (chroot(".") == -1)
    fail("guest-init: chroot", 126);
}

static void run(char **argv, int outside)
{
  if (outside != -1)
    go_outside(outside);
  execvp(argv[0], argv);
  fail(argv[0], 127);
}

/* Reaps everything until the program ends; gives its wait status. */
static int wait_for(pid_t program)
{
  int status;

  for (;;) {
    pid_t ended = waitpid(-1, &status, 0);

    if (ended == program)
      return status;
    if (ended == -1 && errno != EINTR)
      fail("guest-init: waitpid", 126);
  }
}

int main(int argc, char **argv)
{
  int outside = -1, status;
  pid_t program;

  if (argc < 4) {
    errno = EINVAL;
    fail("guest-init", 126);
  }
  own_mounts();
  if (strcmp(argv[1], "walk") == 0) {
    outside = mount_for_walk(argv[2]);
  } else {
    enter(argv[2]);
    mount_for_guest();
  }
  program = fork();
  if (program == -1)
    fail("guest-init: fork", 126);
  if (program == 0)
    run(argv + 3, outside);
  if (outside != -1)
    close(outside);
  status = wait_for(program);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
