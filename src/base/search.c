/* search.c - finding a run of units (1, 2 or 4 bytes wide) in another one.
 *
 * In: two runs of the same width.  Out: an index in units.
 * Forward search stands on the C library's memmem, which is linear in the worst case; in wider units a match between
 * two units' borders is passed over. Backward search looks for the first unit and compares from there. */
#include "base/search.h"

#include <emmintrin.h>
#include <wchar.h>

K_INLINE uint32_t unit_at(int width, const void *run, Py_ssize_t i)
{
    return width == 1 ? ((const uint8_t *)run)[i] : width == 2 ? ((const uint16_t *)run)[i] : ((const uint32_t *)run)[i];
}

static Py_ssize_t find_unit2(const uint16_t *hay, Py_ssize_t n, uint16_t unit)
{
    for (Py_ssize_t i = 0; i < n; i++) {
        if (hay[i] == unit)
            return i;
    }
    return -1;
}

Py_ssize_t search_find_unit(int width, const void *hay, Py_ssize_t n, uint32_t unit)
{
    if (n <= 0)
        return -1;
    if (width == 2)
        return unit > 0xffff ? -1 : find_unit2(hay, n, (uint16_t)unit);
    if (width == 1) {
        const uint8_t *at = unit > 0xff ? NULL : memchr(hay, (int)unit, (size_t)n);
        return at ? at - (const uint8_t *)hay : -1;
    }
    const wchar_t *at = wmemchr(hay, (wchar_t)unit, (size_t)n);
    return at ? at - (const wchar_t *)hay : -1;
}

Py_ssize_t search_rfind_unit(int width, const void *hay, Py_ssize_t n, uint32_t unit)
{
    if (width == 1) {
        const uint8_t *at = unit > 0xff || n <= 0 ? NULL : memrchr(hay, (int)unit, (size_t)n);
        return at ? at - (const uint8_t *)hay : -1;
    }
    while (--n >= 0) {
        if (unit_at(width, hay, n) == unit)
            return n;
    }
    return -1;
}

Py_ssize_t search_count_unit(int width, const void *hay, Py_ssize_t n, uint32_t unit, Py_ssize_t limit)
{
    Py_ssize_t count = 0;
    if (width == 1 && limit >= n) { /* the loop without a limit is vectorised */
        const uint8_t *h = hay;
        for (Py_ssize_t i = 0; i < n; i++)
            count += h[i] == unit;
        return count;
    }
    for (Py_ssize_t i = 0; i < n && count < limit; i++)
        count += unit_at(width, hay, i) == unit;
    return count;
}

/* Sixteen bytes at a time: places where the needle's first and last units fit. Gives up (tried < n) when too many of
 * them are wrong, so that hostile input costs no more than a few passes. */
enum { SHORT_NEEDLE = 64, PATIENCE = 64 };

K_INLINE int fits16(int width, const char *p, const char *q, __m128i first, __m128i last)
{
    __m128i a = _mm_loadu_si128((const __m128i *)p), b = _mm_loadu_si128((const __m128i *)q);
    if (width == 1)
        a = _mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, last));
    else if (width == 2)
        a = _mm_and_si128(_mm_cmpeq_epi16(a, first), _mm_cmpeq_epi16(b, last));
    else
        a = _mm_and_si128(_mm_cmpeq_epi32(a, first), _mm_cmpeq_epi32(b, last));
    return _mm_movemask_epi8(a);
}

static Py_ssize_t find_short(int width, const char *hay, Py_ssize_t n, const char *needle, Py_ssize_t m, Py_ssize_t *tried)
{
    uint32_t f = unit_at(width, needle, 0), l = unit_at(width, needle, m - 1);
    __m128i first = width == 1 ? _mm_set1_epi8((char)f) : width == 2 ? _mm_set1_epi16((short)f) : _mm_set1_epi32((int)f);
    __m128i last = width == 1 ? _mm_set1_epi8((char)l) : width == 2 ? _mm_set1_epi16((short)l) : _mm_set1_epi32((int)l);
    Py_ssize_t step = 16 / width, i = 0, gap = (m - 1) * width, wrong = 0;
    for (; i + step + m - 1 <= n; i += step) {
        int fits = fits16(width, hay + i * width, hay + i * width + gap, first, last);
        while (fits) {
            int at = __builtin_ctz((unsigned)fits);
            if (memcmp(hay + i * width + at, needle, (size_t)(m * width)) == 0) {
                *tried = n;
                return i + at / width;
            }
            wrong++;
            fits &= ~(((1 << width) - 1) << at);
        }
        if (wrong > PATIENCE + i / 4) {
            *tried = i + step;
            return -1;
        }
    }
    *tried = n;
    for (; i + m <= n; i++) {
        if (memcmp(hay + i * width, needle, (size_t)(m * width)) == 0)
            return i;
    }
    return -1;
}

Py_ssize_t search_find(int width, const void *hay, Py_ssize_t n, const void *needle, Py_ssize_t m)
{
    if (m > n || m < 0)
        return -1;
    if (m <= 1)
        return m == 0 ? 0 : search_find_unit(width, hay, n, unit_at(width, needle, 0));
    const char *start = hay, *end = start + n * width, *from = start;
    if (m <= SHORT_NEEDLE) {
        Py_ssize_t tried, at = find_short(width, start, n, needle, m, &tried);
        if (tried == n)
            return at;
        from += tried * width;
    }
    for (;;) {
        const char *at = memmem(from, (size_t)(end - from), needle, (size_t)(m * width));
        if (!at)
            return -1;
        if ((at - start) % width == 0)
            return (at - start) / width;
        from = at + 1;
    }
}

Py_ssize_t search_rfind(int width, const void *hay, Py_ssize_t n, const void *needle, Py_ssize_t m)
{
    if (m > n || m < 0)
        return -1;
    if (m == 0)
        return n;
    uint32_t first = unit_at(width, needle, 0);
    Py_ssize_t end = n - m + 1; /* candidates are below */
    while ((end = search_rfind_unit(width, hay, end, first)) >= 0) {
        if (memcmp((const char *)hay + end * width, needle, (size_t)(m * width)) == 0)
            return end;
    }
    return -1;
}

Py_ssize_t search_count(int width, const void *hay, Py_ssize_t n, const void *needle, Py_ssize_t m, Py_ssize_t limit)
{
    if (m == 1)
        return search_count_unit(width, hay, n, unit_at(width, needle, 0), limit);
    Py_ssize_t count = 0, at = 0;
    while (count < limit) {
        Py_ssize_t step = search_find(width, (const char *)hay + at * width, n - at, needle, m);
        if (step < 0)
            break;
        count++;
        at += step + m;
    }
    return count;
}
