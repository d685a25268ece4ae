/*
 * virtio-serial ports, found by the names that qemu gave them: udev's work elsewhere.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "init.h"

#define PORT_WAIT_MS 10000

/* Finds the kernel's name of a port ("vport1p1"), which appears a moment after the module is loaded. */
static void find_port(const char *wanted, char *found, size_t size)
{
  for (int waited = 0; waited < PORT_WAIT_MS; waited += 2) {
    struct dirent *entry;
    DIR *dir = opendir("/sys/class/virtio-ports");

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
      char path[512], name[64];
      size_t length = strlen(wanted);

      snprintf(path, sizeof path, "/sys/class/virtio-ports/%s/name", entry->d_name);
      if (slurp(path, name, sizeof name) != (ssize_t)length + 1 || strncmp(name, wanted, length) != 0)
        continue;
      snprintf(found, size, "%s", entry->d_name);
      closedir(dir);
      return;
    }
    if (dir != NULL)
      closedir(dir);
    usleep(2000);
  }
  errno = ENODEV;
  fail("find_port", wanted);
}

/* Makes /dev/virtio-ports/NAME. */
void link_port(const char *name)
{
  char port[256], target[300], path[300];

  find_port(name, port, sizeof port);
  make_dir("/dev/virtio-ports", 0755);
  snprintf(target, sizeof target, "../%s", port);
  snprintf(path, sizeof path, "/dev/virtio-ports/%s", name);
  if (symlink(target, path) == -1)
    fail("symlink", path);
}

int open_port(const char *name)
{
  char port[256], path[300];
  int fd;

  find_port(name, port, sizeof port);
  snprintf(path, sizeof path, "/dev/%s", port);
  fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd == -1)
    fail("open", path);
  return fd;
}
