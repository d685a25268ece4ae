/*
 * Finding the disks, one after the other, so that the kernel's letters are in the order in which they were added: guest
 * programs (grub-install) see the kernel's names. Left to itself the kernel probes them side by side in any order.
 */
#define _GNU_SOURCE
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "init.h"

#define DISK_LIMIT_MS 60000

static int open_uevents(void)
{
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
  int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

  if (fd == -1 || bind(fd, (struct sockaddr *)&address, sizeof address) == -1)
    fail("bind", "uevents");
  return fd;
}

/* A message begins "add@/devices/.../0:0:TARGET:0/block/sdX". The kernel sends it for a disk after its partitions were read. */
static bool is_disk_of(const char *message, const char *address)
{
  char part[48];
  const char *found;

  snprintf(part, sizeof part, "/%s/block/", address);
  found = strncmp(message, "add@", 4) == 0 ? strstr(message, part) : NULL;
  return found != NULL && strchr(found + strlen(part), '/') == NULL;
}

static void wait_for_disk(int uevents, const char *address)
{
  struct pollfd poller = {.fd = uevents, .events = POLLIN};
  char message[4096];

  while (poll(&poller, 1, DISK_LIMIT_MS) == 1) {
    ssize_t length = recv(uevents, message, sizeof message - 1, 0);

    if (length <= 0)
      continue;
    message[length] = '\0';
    if (is_disk_of(message, address))
      return;
  }
  printf("gild init: disk %s: not ready after %d s\n", address, DISK_LIMIT_MS / 1000);
}

static bool is_disk(const char *address)
{
  char path[80], type[8];

  snprintf(path, sizeof path, "/sys/bus/scsi/devices/%s/type", address);
  return slurp(path, type, sizeof type) > 0 && type[0] == '0' && (type[1] == '\n' || type[1] == '\0');
}

/* Disks are targets 0, 1, 2 ... of the only host: after `count`, or at the first that does not answer, the search ends. */
void find_disks(int count)
{
  int uevents = open_uevents();

  for (int target = 0; target < count; target++) {
    char text[32];

    snprintf(text, sizeof text, "0 %d 0", target);
    put("/sys/class/scsi_host/host0/scan", text);
    snprintf(text, sizeof text, "0:0:%d:0", target);
    if (!exists_below("/sys/bus/scsi/devices", text))
      break;
    if (is_disk(text))
      wait_for_disk(uevents, text);
  }
  close(uevents);
  note("disks found");
}
