/*
 * PID 1 of the appliance, first in the initrd and then in the real root (one process, no second exec).
 *
 * In the initrd: loads the modules of /modules in order, finds the appliance's own disk, mounts it read-only under an overlay
 * in memory, and makes that the root. In the root: gives the daemon the file systems, device nodes and LVM volumes it needs,
 * runs it as a child, reaps every orphan, and reboots when the daemon ends (qemu runs with -no-reboot, so the VM ends).
 *
 * What it does not do: no udev, no shell, no recovery. Any failure ends the VM with one line on the console.
 * It is C, static and without a shell because under emulation each process costs 10 to 20 ms.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHANNEL_NAME "org.libguestfs.channel.0"
#define CHANNEL_WAIT_MS 10000

static bool verbose;
static bool network;

static double uptime_s(void)
{
  struct timespec now;

  clock_gettime(CLOCK_BOOTTIME, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
  va_list args;

  if (!verbose)
    return;
  printf("gild init: %.3f: ", uptime_s());
  va_start(args, format);
  vprintf(format, args);
  va_end(args);
  printf("\n");
  fflush(stdout);
}

static void end_vm(void)
{
  fflush(stdout);
  sync();
  reboot(RB_AUTOBOOT);
  _exit(1); /* the kernel panics, and panic=1 ends the VM */
}

static void fail(const char *call, const char *operand)
{
  printf("gild init: %s: %s: %s\n", call, operand, strerror(errno));
  end_vm();
}

static void make_dir(const char *path, mode_t mode)
{
  if (mkdir(path, mode) == -1 && errno != EEXIST)
    fail("mkdir", path);
}

static void mount_or_fail(const char *source, const char *target, const char *type, unsigned long flags, const char *data)
{
  if (mount(source, target, type, flags, data) == -1)
    fail("mount", target);
}

/* Writes a short text to a file; failures are ignored, since these files are settings that only help. */
static void put(const char *path, const char *text)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

  if (fd == -1)
    return;
  if (write(fd, text, strlen(text)) < 0)
    note("write: %s: %s", path, strerror(errno));
  close(fd);
}

/* Reads at most size - 1 bytes of a file and ends them with NUL; gives the length or -1. */
static ssize_t slurp(const char *path, char *buffer, size_t size)
{
  ssize_t length;
  int fd = open(path, O_RDONLY | O_CLOEXEC);

  if (fd == -1)
    return -1;
  length = read(fd, buffer, size - 1);
  close(fd);
  if (length >= 0)
    buffer[length] = '\0';
  return length;
}

static bool exists_below(const char *directory, const char *name)
{
  char path[PATH_MAX];

  snprintf(path, sizeof path, "%s/%s", directory, name);
  return access(path, F_OK) == 0;
}

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
}

/* Starts a program and waits for it. Gives its wait status. */
static int run(char *const argv[])
{
  int status = -1;
  pid_t pid = fork();

  if (pid == 0) {
    execv(argv[0], argv);
    printf("gild init: exec: %s: %s\n", argv[0], strerror(errno));
    fflush(stdout);
    _exit(127);
  }
  if (pid > 0)
    while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
      ;
  note("%s: wait status %d", argv[0], status);
  return status;
}

/* ---- in the initrd ---- */

static int by_name(const struct dirent **a, const struct dirent **b)
{
  return strcmp((*a)->d_name, (*b)->d_name);
}

/* Disks are targets 0, 1, 2 ... of the only host: the first target that does not answer ends the search. */
static void scan_disks(void)
{
  for (int target = 0; target < 256; target++) {
    char text[32];

    snprintf(text, sizeof text, "0 %d 0", target);
    put("/sys/class/scsi_host/host0/scan", text);
    snprintf(text, sizeof text, "0:0:%d:0", target);
    if (!exists_below("/sys/bus/scsi/devices", text))
      break;
  }
  note("disks found");
}

/* Modules are named NN-name.ko in dependency order. */
static void load_modules(void)
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
    /* The last module: its loading returns when every disk that was found has been probed, partitions included. */
    if (strstr(path, "-sd_mod.ko") != NULL)
      scan_disks();
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
      fail("open", path);
    /* The kernel would ask all 256 targets, five seconds under emulation; scan_disks() asks those that are there. */
    if (syscall(SYS_finit_module, fd, strstr(path, "-scsi_mod.ko") != NULL ? "scan=manual" : "", 0) == -1 && errno != EEXIST)
      printf("gild init: load: %s: %s\n", path, strerror(errno));
    close(fd);
    note("loaded %s", entries[i]->d_name);
  }
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
 * The appliance's disk is the last one in SCSI order. Its UUID (root=UUID=...) is not looked at: a hostile guest disk may
 * carry the same UUID, but the order is made by the host.
 */
static void find_root(char *disk, size_t size)
{
  struct scsi_address last = {0}, address;
  struct dirent *entry;
  bool found = false;
  DIR *dir = opendir("/sys/block");

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

static void enter_real_root(const char *disk)
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

/* ---- in the real root ---- */

static void mount_file_systems(void)
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
static void make_nodes(void)
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

static void make_machine_id(void)
{
  unsigned char bytes[16];
  char text[2 * sizeof bytes + 2];

  if (getrandom(bytes, sizeof bytes, GRND_NONBLOCK) != (ssize_t)sizeof bytes)
    return;
  for (size_t i = 0; i < sizeof bytes; i++)
    sprintf(text + 2 * i, "%02x", bytes[i]);
  strcat(text, "\n");
  put("/etc/machine-id", text);
}

static void loopback_up(void)
{
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  if (fd == -1)
    return;
  if (ioctl(fd, SIOCSIFFLAGS, &request) == -1)
    note("ioctl: lo: %s", strerror(errno));
  close(fd);
}

static void set_scsi_timeouts(void)
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
static void activate_volumes(const char *root_disk)
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

static void start_network(void)
{
  char *load[] = {"/sbin/modprobe", "virtio_net", NULL};
  char *lease[] = {"/bin/busybox", "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-s", "/usr/lib/gild/udhcpc", NULL};

  run(load);
  run(lease);
}

/* Makes /dev/virtio-ports/NAME, udev's work. The port appears a moment after the module is loaded. */
static void link_channel(void)
{
  make_dir("/dev/virtio-ports", 0755);
  for (int waited = 0; waited < CHANNEL_WAIT_MS; waited += 2) {
    struct dirent *entry;
    DIR *dir = opendir("/sys/class/virtio-ports");

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
      char path[PATH_MAX], name[64];

      snprintf(path, sizeof path, "/sys/class/virtio-ports/%s/name", entry->d_name);
      if (slurp(path, name, sizeof name) <= 0 || strcmp(name, CHANNEL_NAME "\n") != 0)
        continue;
      snprintf(path, sizeof path, "../%s", entry->d_name);
      closedir(dir);
      if (symlink(path, "/dev/virtio-ports/" CHANNEL_NAME) == -1)
        fail("symlink", "/dev/virtio-ports/" CHANNEL_NAME);
      return;
    }
    if (dir != NULL)
      closedir(dir);
    usleep(2000);
  }
  errno = ENODEV;
  fail("link_channel", CHANNEL_NAME);
}

/* /usr/lib/gild/daemon is the daemon's argv, one argument a line: the build decides it, not this program. */
static void exec_daemon(void)
{
  static char text[4096];
  char *argv[64];
  int count = 0;

  if (slurp("/usr/lib/gild/daemon", text, sizeof text) <= 0)
    fail("read", "/usr/lib/gild/daemon");
  for (char *line = strtok(text, "\n"); line != NULL && count < 62; line = strtok(NULL, "\n"))
    argv[count++] = line;
  if (verbose)
    argv[count++] = "--verbose";
  argv[count] = NULL;
  setsid();
  execv(argv[0], argv);
  fail("exec", argv[0]);
}

static void serve(void)
{
  int status = 0;
  pid_t ended;
  pid_t daemon = fork();

  if (daemon == -1)
    fail("fork", "daemon");
  if (daemon == 0)
    exec_daemon();
  do
    ended = waitpid(-1, &status, 0);
  while (ended != daemon && !(ended == -1 && errno == ECHILD));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    printf("gild init: daemon ended with wait status %d\n", status);
}

static void set_environment(void)
{
  clearenv();
  setenv("PATH", "/sbin:/usr/sbin:/bin:/usr/bin", 1);
  setenv("SHELL", "/bin/sh", 1);
  setenv("HOME", "/root", 1);
  setenv("LC_ALL", "C", 1);
  setenv("TERM", "dumb", 1);
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
  /* Waiting for a grace period takes 100 ms under emulation; loading virtio_pci and unmounting wait for several. */
  put("/sys/kernel/rcu_expedited", "1");
  note("started");
  load_modules();
  find_root(root_disk, sizeof root_disk);
  enter_real_root(root_disk);
  note("root is %s", root_disk);
  set_environment();
  mount_file_systems();
  /* The daemon hides this disk. A name without /dev, as in /sys/block. */
  put("/run/gild/appliance-disk", root_disk);
  make_nodes();
  make_machine_id();
  loopback_up();
  set_scsi_timeouts();
  activate_volumes(root_disk);
  if (network)
    start_network();
  link_channel();
  note("starting the daemon");
  serve();
  end_vm();
}
