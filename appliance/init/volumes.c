/*
 * md arrays, LVM volumes and Windows dynamic volumes of the attached disks, which libguestfs promises to be there when the launch
 * is done.
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

/* True for the start of a disk with a partition of a Windows dynamic disk: type 0x42 in an MBR, its metadata's GUID in a GPT. */
static bool is_dynamic(const unsigned char *start, size_t length)
{
  static const unsigned char metadata[16] = {0xaa, 0xc8, 0x08, 0x58, 0x8f, 0x7e, 0xe0, 0x42,
                                             0x85, 0xd2, 0xe1, 0xe9, 0x04, 0x34, 0xcf, 0xb3};

  if (start[510] != 0x55 || start[511] != 0xaa)
    return false;
  for (int entry = 0; entry < 4; entry++)
    if (start[446 + 16 * entry + 4] == 0x42)
      return true;
  if (memcmp(start + 512, "EFI PART", 8) != 0)
    return false;
  for (size_t entry = 1024; entry + 128 <= length; entry += 128)
    if (memcmp(start + entry, metadata, sizeof metadata) == 0)
      return true;
  return false;
}

/* What kinds of volumes the disks carry. */
struct volumes {
  bool lvm, md, dynamic;
};

/* Looks at the places where an LVM label (one of the first four sectors) or an md superblock (versions 0.90 to 1.2) may lie. */
static void look_for_volumes(const char *device, struct volumes *found)
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
        found->lvm = true;
    if (memcmp(block, md_magic, 4) == 0 || memcmp(block + 4096, md_magic, 4) == 0)
      found->md = true;
    if (is_dynamic(block, sizeof block))
      found->dynamic = true;
  }
  end = lseek(fd, 0, SEEK_END);
  if (end > 0x20000) {
    const off_t places[2] = {(end & ~(off_t)0xffff) - 0x10000, (end - 0x2000) & ~(off_t)0xfff};

    for (int i = 0; i < 2; i++)
      if (pread(fd, block, 4, places[i]) == 4 && memcmp(block, md_magic, 4) == 0)
        found->md = true;
  }
  close(fd);
}

/* Activates what there is; a program is started only when some disk carries its signature. */
void activate_volumes(const char *root_disk)
{
  char *assemble[] = {"/sbin/mdadm", "-As", "--auto=md", "--run", NULL};
  char *activate[] = {"/sbin/lvm", "vgchange", "--activate", "y", "--sysinit", NULL};
  char *create[] = {"/usr/bin/ldmtool", "create", "all", NULL};
  struct volumes found = {false, false, false};
  struct dirent *entry;
  DIR *dir = opendir("/sys/class/block");

  while (dir != NULL && (entry = readdir(dir)) != NULL) {
    char device[300];

    if (strncmp(entry->d_name, "sd", 2) != 0 || belongs_to(entry->d_name, root_disk))
      continue;
    snprintf(device, sizeof device, "/dev/%s", entry->d_name);
    look_for_volumes(device, &found);
  }
  if (dir != NULL)
    closedir(dir);
  if (found.md)
    run(assemble);
  if (found.lvm || found.md)
    run(activate);
  if (found.dynamic)
    run(create);
}
