/* siphash.c - SipHash-1-3: a keyed hash of a run of bytes.
 *
 * In: a 128-bit key and the bytes.  Out: 64 bits.
 * One mixing round for each 8-byte word, three at the end. The last word carries the length's low byte on top. */
#include "base/siphash.h"

typedef struct SipState {
    uint64_t v0, v1, v2, v3;
} SipState;

K_INLINE uint64_t rotate_left(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

K_INLINE void mix(SipState *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = rotate_left(s->v1, 13) ^ s->v0;
    s->v3 = rotate_left(s->v3, 16) ^ s->v2;
    s->v0 = rotate_left(s->v0, 32);
    s->v2 += s->v1;
    s->v0 += s->v3;
    s->v1 = rotate_left(s->v1, 17) ^ s->v2;
    s->v3 = rotate_left(s->v3, 21) ^ s->v0;
    s->v2 = rotate_left(s->v2, 32);
}

K_INLINE void absorb(SipState *s, uint64_t word)
{
    s->v3 ^= word;
    mix(s);
    s->v0 ^= word;
}

uint64_t siphash13(uint64_t k0, uint64_t k1, const void *data, size_t length)
{
    SipState s = { k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573 };
    const unsigned char *p = data;
    uint64_t word;
    for (size_t left = length / 8; left; left--, p += 8) {
        memcpy(&word, p, 8);
        absorb(&s, word);
    }
    word = 0;
    memcpy(&word, p, length % 8);
    absorb(&s, word | (uint64_t)length << 56);
    s.v2 ^= 0xff;
    for (int i = 0; i < 3; i++)
        mix(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
