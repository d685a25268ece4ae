/*
 * Words on the console (with guestfs_verbose=1), and the end of the VM. Nothing is logged anywhere else.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

#include "init.h"

bool verbose;

static double uptime_s(void)
{
  struct timespec now;

  clock_gettime(CLOCK_BOOTTIME, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

__attribute__((format(printf, 1, 2))) void note(const char *format, ...)
{
  va_list args;

  if (!verbose)
    return;
  printf("gild init: %.3f: ", uptime_s());
  va_start(args, format);
  vprintf(format, args);
  va_end(args);
  printf("\n");
  fflush(stdout);
}

void end_vm(void)
{
  fflush(stdout);
  sync();
  reboot(RB_AUTOBOOT);
  _exit(1); /* the kernel panics, and panic=1 ends the VM */
}

void fail(const char *call, const char *operand)
{
  printf("gild init: %s: %s: %s\n", call, operand, strerror(errno));
  end_vm();
}
