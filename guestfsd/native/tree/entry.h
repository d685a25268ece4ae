/* One file as a framed `gild_entry` struct in XDR (schemas/gild.ts). */
#include <sys/stat.h>

#include "bytes.h"

struct entry_writer {
  /* SHA-256 of regular files? */
  int digests;
  /* Contents of regular files up to this size, bytes; 0 for none. */
  uint64_t contents;
  /* ENTRY_BUFFER bytes to work in. */
  uint8_t *buffer;
};

#define ENTRY_BUFFER 262144

/*
 * Adds the entry of `name`, which lies in the open directory `parent` and has this status, under the path given. Changes the
 * current directory. Gives 0, or -errno with nothing added.
 */
int put_entry(struct bytes *out, const struct entry_writer *writer, const struct bytes *path, int parent,
              const char *name, const struct statx *status);
