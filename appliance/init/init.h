/*
 * What the parts of the appliance's PID 1 share. See init.c.
 */
#ifndef GILD_INIT_H
#define GILD_INIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CHANNEL_NAME "org.libguestfs.channel.0"
/* Where a host restores a template: see template.c. */
#define RESTORE_NAME "org.gild.restore.0"
#define DISK_NAME_BYTES 16

/* report.c: words on the console, and the end */
extern bool verbose;
__attribute__((format(printf, 1, 2))) void note(const char *format, ...);
__attribute__((noreturn)) void end_vm(void);
__attribute__((noreturn)) void fail(const char *call, const char *operand);

/* files.c: small things done with files and programs */
void make_dir(const char *path, mode_t mode);
void mount_or_fail(const char *source, const char *target, const char *type, unsigned long flags, const char *data);
void put(const char *path, const char *text);
ssize_t slurp(const char *path, char *buffer, size_t size);
bool exists_below(const char *directory, const char *name);
int run(char *const argv[]);

/* disks.c */
#define ALL_DISKS 256
void find_disks(int count);

/* ports.c: virtio-serial ports by name */
void link_port(const char *name);
int open_port(const char *name);

/* initrd.c: up to the change of the root */
void load_modules(void);
void find_root(char *disk, size_t size, bool is_virtio_blk);
void enter_real_root(const char *disk);

/* system.c: what a daemon expects of a system */
void mount_file_systems(void);
void make_nodes(void);
void make_machine_id(void);
void loopback_up(void);
void set_scsi_timeouts(void);
void use_all_memory(void);
void start_network(void);

/* rescue.c: virt-rescue */
pid_t start_rescue_shell(void);
void end_rescue(void);

/* template.c: the VM as a template, and as what is restored from it */
void warm_up(void);
void become_template(int daemon, int channel, const char *root_disk);

/* volumes.c */
void activate_volumes(const char *root_disk);

#endif
