/*
 * The VM as a template. Booted without a disk, it loads what most guests need, waits until the daemon has exercised its hot
 * paths, and says "ready" on the port org.gild.restore.0; the host then saves its state. Every VM restored from it goes on
 * in become_template() with the line that its own host writes to that port:
 *
 *     restore SECONDS NANOSECONDS DISKS\n + 64 fresh random bytes
 *
 * the time of day, and how many disks it has. What must differ between two restored VMs is made here. The launch flag, too, is
 * sent from here: the daemon wakes up, which takes emulation a while, as the host makes its first call. Not done: nothing of
 * the kernel's layout in memory changes.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "init.h"

#define ENTROPY_BYTES 64
/* The line and the entropy fit well. */
#define LINE_BYTES 256

/* Loaded before the template is taken: a modprobe costs a tenth of a second under emulation. */
void warm_up(void)
{
  char *load[] = {"/sbin/modprobe", "-a", "dm_mod", "xfs", "btrfs", "vfat", "nls_cp437", "nls_ascii", "nls_utf8", "loop", NULL};
  char *disk[] = {"/sbin/modprobe", "brd", "rd_nr=1", "rd_size=65536", NULL};

  run(load);
  run(disk);
}

/* The disk that the daemon exercised itself on. */
static void remove_ram_disk(void)
{
  char *unload[] = {"/sbin/modprobe", "-r", "brd", NULL};

  if (run(unload) != 0)
    fail("modprobe", "-r brd");
}

/* Reads all that the host says: a line and the bytes after it. While no host is there the port reads as ended. */
static void read_order(int port, char *line, size_t size, unsigned char *entropy)
{
  size_t used = 0;
  char *end = NULL;

  while (used < size && (end == NULL || used < (size_t)(end + 1 - line) + ENTROPY_BYTES)) {
    ssize_t length = read(port, line + used, size - used);

    if (length <= 0) {
      usleep(1000);
      continue;
    }
    used += length;
    end = memchr(line, '\n', used);
  }
  if (end == NULL || end + 1 + ENTROPY_BYTES > line + size)
    fail("restore", "line");
  *end = '\0';
  memcpy(entropy, end + 1, ENTROPY_BYTES);
  explicit_bzero(end + 1, ENTROPY_BYTES);
}

static void set_clock(long long seconds, long nanoseconds)
{
  struct timespec now = {.tv_sec = seconds, .tv_nsec = nanoseconds};

  if (clock_settime(CLOCK_REALTIME, &now) == -1)
    fail("clock_settime", "restore");
}

/* The pool is credited and the generator keyed anew, or two VMs would draw the same UUIDs and keys. */
static void reseed(unsigned char *entropy)
{
  struct {
    struct rand_pool_info head;
    unsigned char bytes[ENTROPY_BYTES];
  } pool = {.head = {.entropy_count = 8 * ENTROPY_BYTES, .buf_size = ENTROPY_BYTES}};
  int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);

  memcpy(pool.bytes, entropy, ENTROPY_BYTES);
  if (fd == -1 || ioctl(fd, RNDADDENTROPY, &pool) == -1 || ioctl(fd, RNDRESEEDCRNG) == -1)
    fail("reseed", "/dev/urandom");
  close(fd);
  explicit_bzero(&pool, sizeof pool);
  explicit_bzero(entropy, ENTROPY_BYTES);
}

static void read_byte(int fd)
{
  char byte;

  if (read(fd, &byte, 1) != 1)
    fail("read", "daemon");
}

void become_template(int daemon, int channel, const char *root_disk)
{
  static const unsigned char launch_flag[4] = {0xf5, 0xf5, 0x5f, 0xf5};
  int port = open_port(RESTORE_NAME);
  char line[LINE_BYTES];
  unsigned char entropy[ENTROPY_BYTES];
  long long seconds;
  long nanoseconds;
  int disks;

  read_byte(daemon);
  remove_ram_disk();
  if (write(port, "ready\n", 6) != 6)
    fail("write", RESTORE_NAME);

  /* From here on each restored VM is on its own. */
  read_order(port, line, sizeof line, entropy);
  if (sscanf(line, "restore %lld %ld %d", &seconds, &nanoseconds, &disks) != 3)
    fail("restore", "line");
  reseed(entropy);
  set_clock(seconds, nanoseconds);
  make_machine_id();
  find_disks(disks);
  set_scsi_timeouts();
  activate_volumes(root_disk);
  if (write(channel, launch_flag, sizeof launch_flag) != sizeof launch_flag)
    fail("write", CHANNEL_NAME);
  if (write(daemon, "", 1) != 1)
    fail("write", "daemon");
  /* For a host that has no daemon's channel of its own: see engine/hv/. */
  if (write(port, "restored\n", 9) != 9)
    fail("write", RESTORE_NAME);
  close(channel);
  close(daemon);
  close(port);
}
