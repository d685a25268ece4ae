/* A growing piece of memory, and XDR (RFC 4506) written to it. Everything gives 0, or -ENOMEM. */
#include <stddef.h>
#include <stdint.h>

struct bytes {
  uint8_t *data;
  size_t size, room;
};

/* Adds bytes; one more byte than is in use is always there. */
int put(struct bytes *bytes, const void *data, size_t size);
int put_32(struct bytes *bytes, uint32_t value);
int put_64(struct bytes *bytes, uint64_t value);
/* XDR's variable-length opaque: length, bytes, zeroes up to a multiple of four. */
int put_opaque(struct bytes *bytes, const void *data, size_t size);
