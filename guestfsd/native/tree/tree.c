/*
 * tree.so: reads what is known of files below a directory, as a stream of framed `gild_entry` structs (schemas/gild.ts).
 *
 *     struct tree *tree_open(root)                the directory; the descriptor stays the caller's
 *     tree_add(tree, path, below)                 asks for one path, and for everything below it
 *     tree_only(tree, inodes, count)              of all that is asked for, only files with one of these numbers; once
 *     tree_contents(tree, digests, bytes)         SHA-256 of regular files; contents of those of at most that many bytes
 *     tree_read(tree, buffer, size)               next bytes of the stream; 0 at its end, -errno for a failure
 *     tree_place(tree)                            the path that the failure is about
 *     tree_close(tree)
 *
 * The guest is hostile: every name is looked up below the root directory, and no symbolic link is ever followed, neither
 * last nor on the way (openat2); only regular files are opened. A path that is not there gives nothing. Names of one directory
 * come in the order that the filesystem gives them, a directory before what is in it.
 *
 * What it does not do: it changes nothing, not even access times; and it does not sort.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "entry.h"

/* Records are gathered up to this size before they are handed on. */
#define ENOUGH 65536

struct level {
  DIR *directory;
  /* Length of the directory's own path. */
  size_t path;
};

struct tree {
  int root;
  struct bytes requests; /* below:u8 path NUL, one after the other */
  size_t next;
  struct bytes path; /* of what is looked at, NUL at its end, slash first */
  struct level *levels;
  size_t depth, room;
  uint64_t *only; /* sorted */
  size_t wanted;
  struct entry_writer writer;
  struct bytes out;
  size_t taken;
};

static int compare_inodes(const void *a, const void *b)
{
  const uint64_t *left = a, *right = b;

  return *left < *right ? -1 : *left > *right;
}

static int is_wanted(const struct tree *tree, uint64_t inode)
{
  return tree->wanted == 0 || bsearch(&inode, tree->only, tree->wanted, sizeof inode, compare_inodes) != NULL;
}

static int enter(struct tree *tree, int parent, const char *name)
{
  int fd;

  if (tree->depth == tree->room) {
    size_t room = tree->room == 0 ? 64 : tree->room * 2;
    struct level *levels = realloc(tree->levels, room * sizeof *levels);

    if (levels == NULL)
      return -ENOMEM;
    tree->levels = levels;
    tree->room = room;
  }
  fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC);
  if (fd == -1)
    return -errno;
  tree->levels[tree->depth].directory = fdopendir(fd);
  if (tree->levels[tree->depth].directory == NULL) {
    close(fd);
    return -ENOMEM;
  }
  tree->levels[tree->depth++].path = tree->path.size;
  return 0;
}

/* What is at `name` in `parent`; the directory itself too, to be read next, where `below`. */
static int visit(struct tree *tree, int parent, const char *name, int below)
{
  struct statx status;
  int result;

  if (statx(parent, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS | STATX_BTIME, &status) == -1)
    return errno == ENOENT ? 0 : -errno;
  result = 0;
  if (tree->wanted == 0 || (!S_ISDIR(status.stx_mode) && is_wanted(tree, status.stx_ino)))
    result = put_entry(&tree->out, &tree->writer, &tree->path, parent, name, &status);
  if (result == 0 && below && S_ISDIR(status.stx_mode))
    result = enter(tree, parent, name);
  return result;
}

static int step_in_directory(struct tree *tree)
{
  struct level *level = &tree->levels[tree->depth - 1];
  struct dirent *entry;

  tree->path.size = level->path;
  tree->path.data[level->path] = '\0';
  errno = 0;
  entry = readdir(level->directory);
  if (entry == NULL) {
    if (errno != 0)
      return -errno;
    closedir(level->directory);
    tree->depth--;
    return 0;
  }
  if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
    return 0;
  /* Without reading the inode of every file. */
  if (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN && !is_wanted(tree, entry->d_ino))
    return 0;
  /* The path of the root is one slash, which the others share. */
  if (level->path > 1 && put(&tree->path, "/", 1) < 0)
    return -ENOMEM;
  if (put(&tree->path, entry->d_name, strlen(entry->d_name)) < 0)
    return -ENOMEM;
  tree->path.data[tree->path.size] = '\0';
  return visit(tree, dirfd(level->directory), entry->d_name, 1);
}

/* The directory that holds a path, by looking up every name on the way as a directory. */
static int open_parent(const struct tree *tree, const char *path, const char *last)
{
  struct open_how how = {
    .flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
  };
  char *folder = last - path <= 1 ? strdup(".") : strndup(path + 1, last - path - 1);
  int fd, error;

  if (folder == NULL)
    return -ENOMEM;
  fd = syscall(SYS_openat2, tree->root, folder, &how, sizeof how);
  error = errno;
  free(folder);
  return fd == -1 ? -error : fd;
}

static int step_to_request(struct tree *tree)
{
  int below = tree->requests.data[tree->next];
  const char *path = (const char *)tree->requests.data + tree->next + 1;
  const char *last = strrchr(path, '/');
  int parent, result;

  tree->next += strlen(path) + 2;
  tree->path.size = 0;
  if (last == NULL)
    return -EINVAL;
  if (put(&tree->path, path, strlen(path) + 1) < 0)
    return -ENOMEM;
  tree->path.size--;
  parent = open_parent(tree, path, last);
  if (parent == -ENOENT || parent == -ENOTDIR || parent == -ELOOP)
    return 0;
  if (parent < 0)
    return parent;
  result = visit(tree, parent, last[1] == '\0' ? "." : last + 1, below);
  close(parent);
  return result;
}

struct tree *tree_open(int root)
{
  struct tree *tree = calloc(1, sizeof *tree);

  if (tree == NULL)
    return NULL;
  tree->root = root;
  tree->writer.buffer = malloc(ENTRY_BUFFER);
  if (tree->writer.buffer != NULL)
    return tree;
  free(tree);
  return NULL;
}

int tree_add(struct tree *tree, const char *path, int below)
{
  uint8_t flag = below != 0;

  return put(&tree->requests, &flag, 1) < 0 ? -ENOMEM : put(&tree->requests, path, strlen(path) + 1);
}

int tree_only(struct tree *tree, const uint64_t *inodes, uint64_t count)
{
  tree->only = calloc(count, sizeof *inodes);
  if (tree->only == NULL)
    return -ENOMEM;
  memcpy(tree->only, inodes, count * sizeof *inodes);
  qsort(tree->only, count, sizeof *inodes, compare_inodes);
  tree->wanted = count;
  return 0;
}

void tree_contents(struct tree *tree, int digests, uint64_t contents)
{
  tree->writer.digests = digests;
  tree->writer.contents = contents;
}

int64_t tree_read(struct tree *tree, uint8_t *buffer, uint64_t size)
{
  int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  int result = here == -1 ? -errno : 0;
  size_t some;

  if (tree->taken == tree->out.size)
    tree->taken = tree->out.size = 0;
  while (result == 0 && tree->out.size < ENOUGH && (tree->depth > 0 || tree->next < tree->requests.size))
    result = tree->depth > 0 ? step_in_directory(tree) : step_to_request(tree);
  if (here != -1) {
    if (fchdir(here) == -1)
      result = -errno;
    close(here);
  }
  if (result < 0)
    return result;
  some = tree->out.size - tree->taken < size ? tree->out.size - tree->taken : size;
  if (some > 0)
    memcpy(buffer, tree->out.data + tree->taken, some);
  tree->taken += some;
  return some;
}

const char *tree_place(const struct tree *tree)
{
  return tree->path.size == 0 ? "" : (const char *)tree->path.data;
}

void tree_close(struct tree *tree)
{
  while (tree->depth > 0)
    closedir(tree->levels[--tree->depth].directory);
  free(tree->levels);
  free(tree->requests.data);
  free(tree->path.data);
  free(tree->only);
  free(tree->out.data);
  free(tree->writer.buffer);
  free(tree);
}
