/*
 * What udev, systemd-tmpfiles and ifup do elsewhere, as far as the daemon and the programs it starts need it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "init.h"

void mount_file_systems(void)
{
  make_dir("/dev/pts", 0755);
  make_dir("/dev/shm", 0755);
  mount_or_fail("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "gid=5,mode=0620,ptmxmode=0666");
  mount_or_fail("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
  mount_or_fail("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755");
  mount_or_fail("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
  make_dir("/run/lock", 01777);
  make_dir("/run/lvm", 0700);
  make_dir("/run/cryptsetup", 0700);
  make_dir("/run/gild", 0755);
}

static void make_node(const char *path, unsigned major, unsigned minor)
{
  if (mknod(path, S_IFCHR | 0600, makedev(major, minor)) == -1 && errno != EEXIST)
    note("mknod: %s: %s", path, strerror(errno));
}

/* What udev and kmod would make: nodes whose opening loads the module, and the usual links. */
void make_nodes(void)
{
  make_dir("/dev/mapper", 0755);
  make_dir("/dev/net", 0755);
  make_node("/dev/mapper/control", 10, 236);
  make_node("/dev/loop-control", 10, 237);
  make_node("/dev/btrfs-control", 10, 234);
  make_node("/dev/fuse", 10, 229);
  make_node("/dev/net/tun", 10, 200);
  if (symlink("/proc/self/fd", "/dev/fd") == -1 || symlink("/proc/self/fd/0", "/dev/stdin") == -1 ||
      symlink("/proc/self/fd/1", "/dev/stdout") == -1 || symlink("/proc/self/fd/2", "/dev/stderr") == -1)
    note("symlink: /dev/fd: %s", strerror(errno));
}

void make_machine_id(void)
{
  unsigned char bytes[16];
  char text[2 * sizeof bytes + 2];

  if (getrandom(bytes, sizeof bytes, GRND_NONBLOCK) != (ssize_t)sizeof bytes)
    return;
  for (size_t i = 0; i < sizeof bytes; i++)
    sprintf(text + 2 * i, "%02x", bytes[i]);
  strcat(text, "\n");
  put("/run/machine-id", text);
}

void loopback_up(void)
{
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  if (fd == -1)
    return;
  if (ioctl(fd, SIOCSIFFLAGS, &request) == -1)
    note("ioctl: lo: %s", strerror(errno));
  close(fd);
}

/*
 * The kernel keeps ten times as much free as it needs, for huge pages, and ends a program sooner than touch it. With the usual
 * amount a key of LUKS2, which may take 1 GiB, fits into the 1,280 MiB that a VM has by default.
 */
void use_all_memory(void)
{
  put("/proc/sys/vm/min_free_kbytes", "4096");
}

void set_scsi_timeouts(void)
{
  struct dirent *entry;
  DIR *dir = opendir("/sys/block");

  while (dir != NULL && (entry = readdir(dir)) != NULL) {
    char path[PATH_MAX];

    if (strncmp(entry->d_name, "sd", 2) != 0)
      continue;
    snprintf(path, sizeof path, "/sys/block/%s/device/timeout", entry->d_name);
    put(path, "300");
  }
  if (dir != NULL)
    closedir(dir);
}

void start_network(void)
{
  char *load[] = {"/sbin/modprobe", "virtio_net", NULL};
  /* Five tries, a second each, in the foreground. */
  char *lease[] = {"/bin/busybox", "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "5", "-T", "1",
                   "-s", "/usr/lib/gild/udhcpc", NULL};

  run(load);
  run(lease);
}
