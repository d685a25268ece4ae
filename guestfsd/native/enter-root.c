/*
 * enter-root.so: makes a guest the root directory of a program of the appliance.
 *
 * The daemon starts tar, cp, find, setfiles ... with
 *     LD_PRELOAD=/usr/lib/gild/enter-root.so GILD_ENTER_ROOT=/sysroot
 * The dynamic linker maps the program and all its libraries from the appliance; then, before main(), the constructor below
 * makes $GILD_ENTER_ROOT the root. So the program is the appliance's, every path it walks is the guest's, and an absolute
 * symbolic link resolves inside the guest.
 *
 * What it does not do: it cannot stop a program from loading code later (dlopen, iconv, NSS). Such code would come from the
 * guest, so callers use options that avoid it (tar --numeric-owner, LC_ALL=C). Nor does it close descriptors that point
 * outside: the daemon's command.ts opens everything close-on-exec.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say(const char *text)
{
  /* Nothing can be done when standard error is gone too. */
  if (write(STDERR_FILENO, text, strlen(text)) < 0)
    return;
}

static void fail(const char *call, const char *operand)
{
  const char *reason = strerrordesc_np(errno);

  say("enter-root: ");
  say(call);
  say(": ");
  say(operand);
  say(": ");
  say(reason != NULL ? reason : "unknown error");
  say("\n");
  _exit(126);
}

__attribute__((constructor)) static void enter_root(void)
{
  const char *root = getenv("GILD_ENTER_ROOT");

  if (root == NULL || root[0] != '/') {
    errno = EINVAL;
    fail("getenv", "GILD_ENTER_ROOT");
    return;
  }
  /* chdir first: chroot(".") then cannot be raced to another directory, and the working directory is inside. */
  if (chdir(root) == -1)
    fail("chdir", root);
  if (chroot(".") == -1)
    fail("chroot", root);
  /* Programs that this one starts (tar's gzip) already run inside; a second entry would fail for them. */
  if (unsetenv("LD_PRELOAD") == -1 || unsetenv("GILD_ENTER_ROOT") == -1)
    fail("unsetenv", "GILD_ENTER_ROOT");
}
