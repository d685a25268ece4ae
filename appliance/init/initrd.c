/*
 * The part in the initrd: modules, disks, the change to the real root.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init.h"

static int by_name(const struct dirent **a, const struct dirent **b)
{
  return strcmp((*a)->d_name, (*b)->d_name);
}

/* Modules are named NN-name.ko in dependency order. */
void load_modules(void)
{
  struct dirent **entries;
  int count = scandir("/modules", &entries, NULL, by_name);

  for (int i = 0; i < count; i++) {
    char path[PATH_MAX];
    const char *dot = strrchr(entries[i]->d_name, '.');
    int fd;

    if (dot == NULL || strcmp(dot, ".ko") != 0)
      continue;
    snprintf(path, sizeof path, "/modules/%s", entries[i]->d_name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
      fail("open", path);
    /* The kernel would ask all 256 targets, five seconds under emulation; find_disks() asks those that are there. */
    if (syscall(SYS_finit_module, fd, strstr(path, "-scsi_mod.ko") != NULL ? "scan=manual" : "", 0) == -1 && errno != EEXIST)
      printf("gild init: load: %s: %s\n", path, strerror(errno));
    close(fd);
    note("loaded %s", entries[i]->d_name);
  }
  find_disks(ALL_DISKS);
}

struct scsi_address {
  unsigned host, channel, target;
  unsigned long long lun;
};

static bool scsi_address_of(const char *disk, struct scsi_address *address)
{
  char link[PATH_MAX], path[PATH_MAX];
  const char *base;
  ssize_t length;

  snprintf(path, sizeof path, "/sys/block/%s/device", disk);
  length = readlink(path, link, sizeof link - 1);
  if (length == -1)
    return false;
  link[length] = '\0';
  base = strrchr(link, '/');
  base = base == NULL ? link : base + 1;
  return sscanf(base, "%u:%u:%u:%llu", &address->host, &address->channel, &address->target, &address->lun) == 4;
}

static bool is_later(const struct scsi_address *a, const struct scsi_address *b)
{
  if (a->host != b->host)
    return a->host > b->host;
  if (a->channel != b->channel)
    return a->channel > b->channel;
  if (a->target != b->target)
    return a->target > b->target;
  return a->lun > b->lun;
}

/*
 * The appliance's disk is the last one in SCSI order, as libguestfs attaches it, or the only virtio-blk disk, as gild does. Its
 * UUID (root=UUID=...) is not looked at: a hostile guest disk may carry the same UUID, but the order is made by the host.
 */
void find_root(char *disk, size_t size, bool is_virtio_blk)
{
  struct scsi_address last = {0}, address;
  struct dirent *entry;
  bool found = false;
  DIR *dir;

  if (is_virtio_blk) {
    snprintf(disk, size, "vda");
    return;
  }
  dir = opendir("/sys/block");
  if (dir == NULL)
    fail("opendir", "/sys/block");
  while ((entry = readdir(dir)) != NULL) {
    if (strncmp(entry->d_name, "sd", 2) != 0 || !scsi_address_of(entry->d_name, &address))
      continue;
    if (!found || is_later(&address, &last)) {
      snprintf(disk, size, "%.15s", entry->d_name);
      last = address;
      found = true;
    }
  }
  closedir(dir);
  if (!found) {
    errno = ENODEV;
    fail("find_root", "no SCSI disk");
  }
}

static void move_to(const char *from, const char *to)
{
  mount_or_fail(from, to, NULL, MS_MOVE, NULL);
}

void enter_real_root(const char *disk)
{
  char device[32], setting[64];

  snprintf(device, sizeof device, "/dev/%s", disk);
  /* Node is 100 MB, mapped and touched all over: few large reads from the host's page cache beat many small ones. */
  snprintf(setting, sizeof setting, "/sys/block/%s/queue/read_ahead_kb", disk);
  put(setting, "1024");
  make_dir("/lower", 0755);
  make_dir("/upper", 0755);
  make_dir("/new", 0755);
  mount_or_fail(device, "/lower", "ext4", MS_RDONLY | MS_NOATIME, "noload");
  mount_or_fail("tmpfs", "/upper", "tmpfs", 0, "mode=0755");
  make_dir("/upper/data", 0755);
  make_dir("/upper/work", 0755);
  mount_or_fail("overlay", "/new", "overlay", MS_NOATIME, "lowerdir=/lower,upperdir=/upper/data,workdir=/upper/work");
  move_to("/dev", "/new/dev");
  move_to("/proc", "/new/proc");
  move_to("/sys", "/new/sys");
  if (chdir("/new") == -1)
    fail("chdir", "/new");
  move_to(".", "/");
  if (chroot(".") == -1 || chdir("/") == -1)
    fail("chroot", "/new");
}
