/*
 * SHA-256 in plain C: a digest of a whole guest is what a full comparison waits for, and a call into a library for each of its
 * files, through JavaScript, takes longer than most of them.
 */
#include "sha256.h"

#include <string.h>

static const uint32_t K[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t word, int by)
{
  return (word >> by) | (word << (32 - by));
}

static uint32_t word_at(const uint8_t *bytes)
{
  uint32_t word;

  memcpy(&word, bytes, sizeof word);
  return __builtin_bswap32(word);
}

static void mix(uint32_t state[8], const uint8_t *block)
{
  uint32_t w[64];
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];

  for (int i = 0; i < 16; i++)
    w[i] = word_at(block + 4 * i);
  for (int i = 16; i < 64; i++) {
    uint32_t x = w[i - 15], y = w[i - 2];

    w[i] = w[i - 16] + (rotate(x, 7) ^ rotate(x, 18) ^ (x >> 3)) + w[i - 7] +
           (rotate(y, 17) ^ rotate(y, 19) ^ (y >> 10));
  }
  for (int i = 0; i < 64; i++) {
    uint32_t first = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i];
    uint32_t second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));

    h = g, g = f, f = e, e = d + first;
    d = c, c = b, b = a, a = first + second;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

void sha256_start(struct sha256 *hash)
{
  static const uint32_t start[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  };

  memcpy(hash->state, start, sizeof start);
  hash->length = 0;
}

void sha256_add(struct sha256 *hash, const uint8_t *bytes, size_t size)
{
  size_t held = hash->length % 64;

  hash->length += size;
  if (held > 0) {
    size_t part = 64 - held < size ? 64 - held : size;

    memcpy(hash->block + held, bytes, part);
    bytes += part, size -= part;
    if (held + part < 64)
      return;
    mix(hash->state, hash->block);
  }
  for (; size >= 64; bytes += 64, size -= 64)
    mix(hash->state, bytes);
  memcpy(hash->block, bytes, size);
}

void sha256_end(struct sha256 *hash, uint8_t digest[SHA256_SIZE])
{
  static const uint8_t padding[64] = {0x80};
  uint64_t bits = __builtin_bswap64(hash->length * 8);

  sha256_add(hash, padding, 1 + (119 - hash->length % 64) % 64);
  sha256_add(hash, (const uint8_t *)&bits, sizeof bits);
  for (int i = 0; i < 8; i++) {
    uint32_t word = __builtin_bswap32(hash->state[i]);

    memcpy(digest + 4 * i, &word, sizeof word);
  }
}
