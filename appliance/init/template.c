/*
 * The VM as a template. Booted without a disk, it loads what most guests need, waits until the daemon has exercised its hot
 * paths, and says "ready" on the port org.gild.restore.0; the host then saves its state. Every VM restored from it goes on
 * in become_template() with the line that its own host writes to that port:
 *
 *     restore SECONDS NANOSECONDS DISKS ENTROPY
 *
 * the time of day, how many disks it has, and 64 fresh random bytes in hexadecimal. What must differ between two restored VMs
 * is made here, before the daemon answers its first call. Not done: nothing of the kernel's layout in memory changes.
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
/* Five numbers' worth of text and the entropy fit well. */
#define LINE_BYTES 512

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

/* Reads one line, which is all that the host says. While no host is there the port reads as ended. */
static void read_line(int port, char *line, size_t size)
{
  size_t used = 0;

  while (used < size - 1) {
    ssize_t length = read(port, line + used, size - 1 - used);

    if (length <= 0) {
      usleep(1000);
      continue;
    }
    used += length;
    if (line[used - 1] == '\n')
      break;
  }
  line[used] = '\0';
}

static void set_clock(long long seconds, long nanoseconds)
{
  struct timespec now = {.tv_sec = seconds, .tv_nsec = nanoseconds};

  if (clock_settime(CLOCK_REALTIME, &now) == -1)
    fail("clock_settime", "restore");
}

/* The pool is credited and the generator keyed anew, or two VMs would draw the same UUIDs and keys. */
static void reseed(const char *hex)
{
  struct {
    struct rand_pool_info head;
    unsigned char bytes[ENTROPY_BYTES];
  } pool = {.head = {.entropy_count = 8 * ENTROPY_BYTES, .buf_size = ENTROPY_BYTES}};
  int fd;

  if (strlen(hex) != 2 * ENTROPY_BYTES)
    fail("reseed", "entropy");
  for (size_t i = 0; i < ENTROPY_BYTES; i++) {
    unsigned value;

    if (sscanf(hex + 2 * i, "%2x", &value) != 1)
      fail("reseed", "entropy");
    pool.bytes[i] = value;
  }
  fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
  if (fd == -1 || ioctl(fd, RNDADDENTROPY, &pool) == -1 || ioctl(fd, RNDRESEEDCRNG) == -1)
    fail("reseed", "/dev/urandom");
  close(fd);
  explicit_bzero(&pool, sizeof pool);
}

static void read_byte(int fd)
{
  char byte;

  if (read(fd, &byte, 1) != 1)
    fail("read", "daemon");
}

void become_template(int daemon, const char *root_disk)
{
  int port = open_port(RESTORE_NAME);
  char line[LINE_BYTES], entropy[2 * ENTROPY_BYTES + 1];
  long long seconds;
  long nanoseconds;
  int disks;

  read_byte(daemon);
  remove_ram_disk();
  if (write(port, "ready\n", 6) != 6)
    fail("write", RESTORE_NAME);

  /* From here on each restored VM is on its own. */
  read_line(port, line, sizeof line);
  if (sscanf(line, "restore %lld %ld %d %128[0-9a-f]", &seconds, &nanoseconds, &disks, entropy) != 4)
    fail("restore", "line");
  reseed(entropy);
  explicit_bzero(entropy, sizeof entropy);
  explicit_bzero(line, sizeof line);
  set_clock(seconds, nanoseconds);
  make_machine_id();
  find_disks(disks);
  set_scsi_timeouts();
  activate_volumes(root_disk);
  if (write(daemon, "", 1) != 1)
    fail("write", "daemon");
  close(daemon);
  close(port);
}
