/*
 * enter-root.so: makes a guest the root directory of a program of the appliance.
 *
 * The daemon starts tar, cp, find, setfiles ... with
 *     LD_PRELOAD=/usr/lib/gild/enter-root.so GILD_ENTER_ROOT=/sysroot
 * The dynamic linker maps the program and all its libraries from the appliance; then, before main(), the constructor below
 * makes $GILD_ENTER_ROOT the root. So the program is the appliance's, every path it walks is the guest's, and an absolute
 * symbolic link resolves inside the guest.
 *
 * Code that a program would load later would come from the guest. glibc itself does so in two places, which are settled
 * here, before the root changes: user and group names come from files only, never from a module that the guest's
 * nsswitch.conf names; the table of character sets is the appliance's. For all other code there is no dlopen any more.
 *
 * What it does not do: it does not close descriptors that point outside; the daemon's command.ts opens everything
 * close-on-exec.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <iconv.h>
#include <nss.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In place of libpopt's function: rsync would take its options, and programs to start, from the guest's /etc/popt. */
int poptReadDefaultConfig(void *context, int flags);

int poptReadDefaultConfig(void *context, int flags)
{
  (void)context;
  (void)flags;
  return 0;
}

/* In place of libc's: a library that is opened now would be the guest's. */
void *dlopen(const char *file, int mode)
{
  (void)file;
  (void)mode;
  return NULL;
}

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

static void settle_names(void)
{
  static const char *const databases[] = {"passwd", "group", "initgroups", "shadow", "hosts", "netgroup"};

  for (size_t i = 0; i < sizeof databases / sizeof databases[0]; i++)
    if (__nss_configure_lookup(databases[i], "files") == -1)
      fail("nss", databases[i]);
}

static void settle_character_sets(void)
{
  /* tar's pair. Whether it succeeds does not matter: the first call reads the table, once for the process. */
  iconv_t converter = iconv_open("UTF-8", "ANSI_X3.4-1968");

  if (converter != (iconv_t)-1)
    iconv_close(converter);
}

__attribute__((constructor)) static void enter_root(void)
{
  const char *root = getenv("GILD_ENTER_ROOT");

  if (root == NULL || root[0] != '/') {
    errno = EINVAL;
    fail("getenv", "GILD_ENTER_ROOT");
    return;
  }
  settle_names();
  settle_character_sets();
  /* chdir first: chroot(".") then cannot be raced to another directory, and the working directory is inside. */
  if (chdir(root) == -1)
    fail("chdir", root);
  if (chroot(".") == -1)
    fail("chroot", root);
  /* Programs that this one starts (tar's gzip) already run inside; a second entry would fail for them. */
  if (unsetenv("LD_PRELOAD") == -1 || unsetenv("GILD_ENTER_ROOT") == -1)
    fail("unsetenv", "GILD_ENTER_ROOT");
}
