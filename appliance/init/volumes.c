/*
 * md arrays and LVM volumes of the attached disks, which libguestfs promises to be there when the launch is done.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "init.h"

/* True for the disk itself and its partitions: sda, sda1, but not sdab. */
static bool belongs_to(const char *name, const char *disk)
{
  size_t length = strlen(disk);

  return strncmp(name, disk, length) == 0 && (name[length] < 'a' || name[length] > 'z');
}

/* Looks at the places where an LVM label (one of the first four sectors) or an md superblock (versions 0.90 to 1.2) may lie. */
static void look_for_volumes(const char *device, bool *lvm, bool *md)
{
  static const unsigned char md_magic[4] = {0xfc, 0x4e, 0x2b, 0xa9};
  unsigned char block[8192];
  off_t end;
  int fd = open(device, O_RDONLY | O_CLOEXEC);

  if (fd == -1)
    return;
  memset(block, 0, sizeof block);
  if (pread(fd, block, sizeof block, 0) > 0) {
    for (int sector = 0; sector < 4; sector++)
      if (memcmp(block + 512 * sector, "LABELONE", 8) == 0)
        *lvm = true;
    if (memcmp(block, md_magic, 4) == 0 || memcmp(block + 4096, md_magic, 4) == 0)
      *md = true;
  }
  end = lseek(fd, 0, SEEK_END);
  if (end > 0x20000) {
    const off_t places[2] = {(end & ~(off_t)0xffff) - 0x10000, (end - 0x2000) & ~(off_t)0xfff};

    for (int i = 0; i < 2; i++)
      if (pread(fd, block, 4, places[i]) == 4 && memcmp(block, md_magic, 4) == 0)
        *md = true;
  }
  close(fd);
}

/* Activates md arrays and volume groups, but starts a program only when some disk carries such a signature. */
void activate_volumes(const char *root_disk)
{
  char *assemble[] = {"/sbin/mdadm", "-As", "--auto=md", "--run", NULL};
  char *activate[] = {"/sbin/lvm", "vgchange", "--activate", "y", "--sysinit", NULL};
  struct dirent *entry;
  bool lvm = false, md = false;
  DIR *dir = opendir("/sys/class/block");

  while (dir != NULL && (entry = readdir(dir)) != NULL) {
    char device[300];

    if (strncmp(entry->d_name, "sd", 2) != 0 || belongs_to(entry->d_name, root_disk))
      continue;
    snprintf(device, sizeof device, "/dev/%s", entry->d_name);
    look_for_volumes(device, &lvm, &md);
  }
  if (dir != NULL)
    closedir(dir);
  if (md)
    run(assemble);
  if (lvm || md)
    run(activate);
}
