/* See entry.h. Opens regular files only, and follows no symbolic link. */
#define _GNU_SOURCE
#include "entry.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "sha256.h"

/* Enough for any list of names and any value (XATTR_LIST_MAX, XATTR_SIZE_MAX). */
#define XATTR_MAX 65536

/* A length that is known only afterwards: what was put since this place, without the word for the length. */
static void set_length(struct bytes *out, size_t place)
{
  uint32_t length = __builtin_bswap32(out->size - place - sizeof length);

  memcpy(out->data + place, &length, sizeof length);
}

static int put_time(struct bytes *bytes, const struct statx_timestamp *time)
{
  return put_64(bytes, time->tv_sec) < 0 ? -ENOMEM : put_32(bytes, time->tv_nsec);
}

static int put_stat(struct bytes *bytes, const struct statx *status)
{
  static const struct statx_timestamp never;
  const struct statx_timestamp *birth = status->stx_mask & STATX_BTIME ? &status->stx_btime : &never;

  if (put_64(bytes, (uint64_t)status->stx_dev_major << 32 | status->stx_dev_minor) < 0 ||
      put_64(bytes, status->stx_ino) < 0 || put_32(bytes, status->stx_mode) < 0 ||
      put_32(bytes, status->stx_nlink) < 0 || put_32(bytes, status->stx_uid) < 0 || put_32(bytes, status->stx_gid) < 0 ||
      put_32(bytes, status->stx_rdev_major) < 0 || put_32(bytes, status->stx_rdev_minor) < 0 ||
      put_64(bytes, status->stx_size) < 0 || put_time(bytes, &status->stx_mtime) < 0 ||
      put_time(bytes, &status->stx_ctime) < 0 || put_time(bytes, birth) < 0)
    return -ENOMEM;
  return 0;
}

static int put_target(struct bytes *out, const struct entry_writer *writer, int parent, const char *name,
                      const struct statx *status)
{
  ssize_t size = 0;

  if (S_ISLNK(status->stx_mode)) {
    size = readlinkat(parent, name, (char *)writer->buffer, ENTRY_BUFFER);
    if (size == -1)
      return -errno;
  }
  return put_opaque(out, writer->buffer, size);
}

/* The current directory is the one that holds `name`: there are no calls for attributes below a descriptor. */
static int put_xattrs(struct bytes *out, const struct entry_writer *writer, const char *name)
{
  static const char none[1];
  char *names = (char *)writer->buffer;
  uint8_t *value = writer->buffer + XATTR_MAX;
  ssize_t size = llistxattr(name, names, XATTR_MAX);
  uint32_t count = 0;
  size_t place = out->size;

  if (size == -1 && errno != ENOTSUP)
    return -errno;
  if (put_32(out, 0) < 0)
    return -ENOMEM;
  for (const char *at = size > 0 ? names : none; at < names + size; at += strlen(at) + 1) {
    ssize_t length = lgetxattr(name, at, value, XATTR_MAX);

    if (length == -1)
      return -errno;
    if (put_opaque(out, at, strlen(at)) < 0 || put_opaque(out, value, length) < 0)
      return -ENOMEM;
    count++;
  }
  count = __builtin_bswap32(count);
  memcpy(out->data + place, &count, sizeof count);
  return 0;
}

static int read_file(struct bytes *out, const struct entry_writer *writer, int fd, int shown, struct sha256 *hash)
{
  for (;;) {
    ssize_t size = read(fd, writer->buffer, ENTRY_BUFFER);

    if (size == -1 && errno == EINTR)
      continue;
    if (size <= 0)
      return size == 0 ? 0 : -errno;
    if (writer->digests)
      sha256_add(hash, writer->buffer, size);
    if (shown && put(out, writer->buffer, size) < 0)
      return -ENOMEM;
  }
}

/* Content and digest, each empty where it is not asked for. */
static int put_content(struct bytes *out, const struct entry_writer *writer, int parent, const char *name,
                       const struct statx *status)
{
  int shown = writer->contents > 0 && status->stx_size <= writer->contents;
  static const uint8_t zeroes[4];
  size_t place = out->size;
  struct sha256 hash;
  uint8_t digest[SHA256_SIZE];
  int fd, result;

  if (!S_ISREG(status->stx_mode) || (!writer->digests && !shown))
    return put_64(out, 0);
  fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_NOATIME | O_CLOEXEC);
  if (fd == -1)
    return -errno;
  sha256_start(&hash);
  result = put_32(out, 0);
  if (result == 0)
    result = read_file(out, writer, fd, shown, &hash);
  close(fd);
  if (result == 0) {
    set_length(out, place);
    result = put(out, zeroes, -(out->size - place) % 4);
  }
  sha256_end(&hash, digest);
  return result < 0 ? result : put_opaque(out, digest, writer->digests ? SHA256_SIZE : 0);
}

int put_entry(struct bytes *out, const struct entry_writer *writer, const struct bytes *path, int parent,
              const char *name, const struct statx *status)
{
  size_t begin = out->size;
  int result;

  if (fchdir(parent) == -1)
    return -errno;
  result = put_32(out, 0);
  if (result == 0)
    result = put_opaque(out, path->data, path->size);
  if (result == 0)
    result = put_stat(out, status);
  if (result == 0)
    result = put_target(out, writer, parent, name, status);
  if (result == 0)
    result = put_xattrs(out, writer, name);
  if (result == 0)
    result = put_content(out, writer, parent, name, status);
  if (result < 0) {
    out->size = begin;
    return result;
  }
  set_length(out, begin);
  return 0;
}
