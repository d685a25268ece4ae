/* See bytes.h. */
#include "bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int grow(struct bytes *bytes, size_t more)
{
  size_t room = bytes->room == 0 ? 4096 : bytes->room;
  uint8_t *data;

  while (room - bytes->size < more)
    room *= 2;
  if (room == bytes->room)
    return 0;
  data = realloc(bytes->data, room);
  if (data == NULL)
    return -ENOMEM;
  bytes->data = data;
  bytes->room = room;
  return 0;
}

int put(struct bytes *bytes, const void *data, size_t size)
{
  if (grow(bytes, size + 1) < 0)
    return -ENOMEM;
  if (size > 0)
    memcpy(bytes->data + bytes->size, data, size);
  bytes->size += size;
  return 0;
}

int put_32(struct bytes *bytes, uint32_t value)
{
  uint32_t word = __builtin_bswap32(value);

  return put(bytes, &word, sizeof word);
}

int put_64(struct bytes *bytes, uint64_t value)
{
  uint64_t word = __builtin_bswap64(value);

  return put(bytes, &word, sizeof word);
}

int put_opaque(struct bytes *bytes, const void *data, size_t size)
{
  static const uint8_t zeroes[4];

  if (put_32(bytes, size) < 0 || put(bytes, data, size) < 0)
    return -ENOMEM;
  return put(bytes, zeroes, -size % 4);
}
