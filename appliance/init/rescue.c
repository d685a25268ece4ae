/*
 * The shell of virt-rescue (guestfs_rescue=1): bash on the console, beside the daemon, which mounts what virt-rescue is told to
 * mount below /sysroot. The VM ends with the shell, after what is mounted there is unmounted.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "init.h"

static void exec_shell(void)
{
  static char *const argv[] = {"/bin/bash", "--norc", "-i", NULL};
  char name[32], path[64];
  ssize_t length = slurp("/sys/class/tty/console/active", name, sizeof name);
  int tty;

  name[length <= 0 ? 0 : strcspn(name, " \n")] = '\0';
  snprintf(path, sizeof path, "/dev/%s", name);
  setsid();
  tty = open(path, O_RDWR);
  /* /dev/console is no controlling terminal, and without one ^C does nothing. */
  if (tty == -1 || ioctl(tty, TIOCSCTTY, 0) == -1)
    fail("open", path);
  for (int fd = 0; fd <= 2; fd++)
    dup2(tty, fd);
  setenv("PS1", "><rescue> ", 1);
  setenv("SHELL", argv[0], 1);
  execv(argv[0], argv);
  fail("exec", argv[0]);
}

pid_t start_rescue_shell(void)
{
  pid_t shell = fork();

  if (shell == -1)
    fail("fork", "shell");
  if (shell == 0)
    exec_shell();
  return shell;
}

void end_rescue(void)
{
  static char *const argv[] = {"/bin/umount", "--recursive", "/sysroot", NULL};

  run(argv);
}
