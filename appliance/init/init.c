/*
 * PID 1 of the appliance, first in the initrd and then in the real root (one process, no second exec).
 *
 * In the initrd: loads the modules of /modules in order, finds the appliance's own disk, mounts it read-only under an overlay
 * in memory, and makes that the root. In the root: gives the daemon the file systems, device nodes and LVM volumes it needs,
 * runs it as a child, reaps every orphan, and reboots when the daemon ends (qemu runs with -no-reboot, so the VM ends).
 *
 * What it does not do: no udev, no recovery, no shell but virt-rescue's. Any failure ends the VM with one line on the console.
 * It is C, static and without a shell because under emulation each process costs 10 to 20 ms.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"

static bool network, is_virtio_blk, is_template, is_rescue;

static bool has_word(const char *line, const char *word)
{
  size_t length = strlen(word);

  for (const char *at = strstr(line, word); at != NULL; at = strstr(at + 1, word)) {
    char after = at[length];

    if ((at == line || at[-1] == ' ') && (after == '\0' || after == ' ' || after == '\n'))
      return true;
  }
  return false;
}

static void read_command_line(void)
{
  char line[4096];

  if (slurp("/proc/cmdline", line, sizeof line) == -1)
    return;
  verbose = has_word(line, "guestfs_verbose=1");
  network = has_word(line, "guestfs_network=1");
  is_virtio_blk = has_word(line, "gild_root=vda");
  is_template = has_word(line, "gild_template=1");
  is_rescue = has_word(line, "guestfs_rescue=1");
}

/* /usr/lib/gild/daemon is the daemon's argv, one argument a line: the build decides it, not this program. */
/* `template` and `channel`: descriptors, or -1 for a daemon that opens its own channel. */
static void exec_daemon(int template, int channel)
{
  /*
   * A restored VM finds every function compiled to bytecode, and never drops one that it has not used for a while. Machine
   * code pays later than on a real processor: the emulator has to translate it once more.
   */
  static char *const template_flags[] = {
      "--no-lazy",
      "--no-flush-bytecode",
      "--no-lazy-feedback-allocation",
      "--baseline-batch-compilation-threshold=65536",
      "--invocation-count-for-turbofan=60000",
  };
  static char text[4096], number[16], port[16];
  char *argv[64];
  int count = 0;

  if (slurp("/usr/lib/gild/daemon", text, sizeof text) <= 0)
    fail("read", "/usr/lib/gild/daemon");
  for (char *line = strtok(text, "\n"); line != NULL && count < 54; line = strtok(NULL, "\n")) {
    argv[count++] = line;
    if (count == 1 && template != -1)
      for (size_t i = 0; i < sizeof template_flags / sizeof *template_flags; i++)
        argv[count++] = template_flags[i];
  }
  if (verbose)
    argv[count++] = "--verbose";
  if (network)
    argv[count++] = "--network";
  if (template != -1) {
    snprintf(number, sizeof number, "%d", dup(template));
    argv[count++] = "--template";
    argv[count++] = number;
    snprintf(port, sizeof port, "fd:%d", dup(channel));
    argv[count++] = "--channel";
    argv[count++] = port;
  }
  argv[count] = NULL;
  setsid();
  execv(argv[0], argv);
  fail("exec", argv[0]);
}

static void serve(const char *root_disk)
{
  int status = 0, channel = -1, pair[2] = {-1, -1};
  pid_t ended, daemon, shell = -2;

  if (is_template) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
      fail("socketpair", "daemon");
    channel = open_port(CHANNEL_NAME);
  }
  daemon = fork();
  if (daemon == -1)
    fail("fork", "daemon");
  if (daemon == 0)
    exec_daemon(pair[1], channel);
  if (is_template) {
    close(pair[1]);
    become_template(pair[0], channel, root_disk);
  }
  if (is_rescue)
    shell = start_rescue_shell();
  do
    ended = waitpid(-1, &status, 0);
  while (ended != daemon && ended != shell && !(ended == -1 && errno == ECHILD));
  if (ended == shell) {
    end_rescue();
    return;
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    printf("gild init: daemon ended with wait status %d\n", status);
}

static void set_environment(void)
{
  /* Words of the command line that the kernel does not know come as variables. */
  char *openssl = getenv("OPENSSL_ia32cap"), *term = is_rescue ? getenv("TERM") : NULL;

  clearenv();
  if (openssl != NULL)
    setenv("OPENSSL_ia32cap", openssl, 1);
  setenv("PATH", "/sbin:/usr/sbin:/bin:/usr/bin", 1);
  setenv("SHELL", "/bin/sh", 1);
  setenv("HOME", "/root", 1);
  setenv("LC_ALL", "C", 1);
  setenv("TERM", term != NULL ? term : "dumb", 1);
  /* The daemon and its children find the private LVM configuration: no udev, no devices file, no daemons. */
  setenv("LVM_SYSTEM_DIR", "/etc/lvm", 1);
  setenv("DM_DISABLE_UDEV", "1", 1);
  umask(022);
}

int main(void)
{
  char root_disk[16];

  umask(0);
  make_dir("/dev", 0755);
  make_dir("/proc", 0755);
  make_dir("/sys", 0755);
  mount("devtmpfs", "/dev", "devtmpfs", MS_NOSUID, "mode=0755");
  mount_or_fail("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  mount_or_fail("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  read_command_line();
  note("started");
  load_modules();
  find_root(root_disk, sizeof root_disk, is_virtio_blk);
  enter_real_root(root_disk);
  note("root is %s", root_disk);
  set_environment();
  mount_file_systems();
  /* The daemon hides this disk. A name without /dev, as in /sys/block. */
  put("/run/gild/appliance-disk", root_disk);
  use_all_memory();
  make_nodes();
  make_machine_id();
  loopback_up();
  set_scsi_timeouts();
  activate_volumes(root_disk);
  if (network)
    start_network();
  link_port(CHANNEL_NAME);
  if (is_template)
    warm_up();
  note("starting the daemon");
  serve(root_disk);
  end_vm();
}
