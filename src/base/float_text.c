/* float_text.c - doubles to decimal digits and back.
 *
 * The shortest text comes from Schubfach (Raffaello Giulietti, 2020): the value and its two rounding bounds are scaled
 * by one 128-bit power of ten, and the shortest number between the bounds is read off. Fixed numbers of digits and hard
 * parsing go through glibc, whose conversions are exact; its locale is set aside.
 * Invariant: a power of ten is computed exactly and rounded up once, in its last bit. Start at float_text_shortest(). */
#include "base/float_text.h"

#include "base/alloc_fail.h"

#include <errno.h>
#include <locale.h>
#include <math.h>

typedef unsigned __int128 u128;

/* ---- powers of ten ---- */

enum { POWER_MIN = -325, POWER_MAX = 325, POWER_LIMBS = 26 };

static int floor_log2_pow10(int k)
{
    return (k * 1741647) >> 19;
}

/* bits = 5**k; returns the limbs in use. */
static int power_of_five(uint32_t limbs[POWER_LIMBS], int k)
{
    int used = 1;
    limbs[0] = 1;
    for (; k > 0; k--) {
        uint64_t carry = 0;
        for (int i = 0; i < used; i++) {
            carry += (uint64_t)limbs[i] * 5;
            limbs[i] = (uint32_t)carry;
            carry >>= 32;
        }
        if (carry)
            limbs[used++] = (uint32_t)carry;
    }
    return used;
}

static int bit_length(const uint32_t *limbs, int used)
{
    return used * 32 - __builtin_clz(limbs[used - 1]);
}

/* The top 128 bits of a number, rounded up. */
static u128 top_bits_up(const uint32_t *limbs, int used)
{
    int bits = bit_length(limbs, used), lost = 0;
    u128 top = 0;
    for (int i = bits - 1; i >= 0; i--) {
        unsigned int bit = limbs[i / 32] >> (i % 32) & 1;
        if (bits - 1 - i < 128)
            top = top << 1 | bit;
        else
            lost |= (int)bit;
    }
    if (bits < 128)
        top <<= 128 - bits;
    return top + (u128)lost;
}

/* 2**n / d to 128 bits rounded up, by long division, bit by bit; d is no power of two. */
static u128 reciprocal_up(const uint32_t *d, int used)
{
    uint32_t rest[POWER_LIMBS + 1] = { 0 };
    int bits = bit_length(d, used);
    rest[(bits - 1) / 32] = 1u << ((bits - 1) % 32); /* the largest power of two below d */
    u128 quotient = 0;
    for (int i = 0; i < 128; i++) {
        uint32_t carry = 0;
        for (int j = 0; j <= used; j++) {
            uint32_t next = rest[j] >> 31;
            rest[j] = rest[j] << 1 | carry;
            carry = next;
        }
        int at_least = rest[used] != 0;
        for (int j = used - 1; !at_least && j >= 0; j--) {
            if (rest[j] != d[j]) {
                at_least = rest[j] > d[j] ? 1 : -1;
                break;
            }
        }
        quotient <<= 1;
        if (at_least < 0)
            continue;
        quotient |= 1;
        uint64_t borrow = 0;
        for (int j = 0; j <= used; j++) {
            uint64_t sub = (uint64_t)(j < used ? d[j] : 0) + borrow;
            borrow = rest[j] < sub;
            rest[j] -= (uint32_t)sub;
        }
    }
    return quotient + 1;
}

/* 10**k scaled to 128 bits, the top one set, rounded up. Each is computed at its first use. */
static u128 power_of_ten(int k)
{
    static u128 table[POWER_MAX - POWER_MIN + 1]; /* 0 not yet: written once, always with the same value */
    u128 *slot = &table[k - POWER_MIN];
    if (*slot == 0) {
        uint32_t limbs[POWER_LIMBS];
        int used = power_of_five(limbs, k < 0 ? -k : k);
        *slot = k < 0 ? reciprocal_up(limbs, used) : top_bits_up(limbs, used);
    }
    return *slot;
}

/* ---- shortest ---- */

/* floor(power * x / 2**128), its lowest bit set when anything was cut off. */
static uint64_t multiply_to_odd(u128 power, uint64_t x)
{
    u128 low = (u128)(uint64_t)power * x;
    u128 high = (u128)(uint64_t)(power >> 64) * x + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* The shortest decimal m * 10**e for c * 2**q. */
static uint64_t shortest(uint64_t c, int q, int closer_below, int *exponent)
{
    int even = (c & 1) == 0;
    int k = (q * 1262611 - (closer_below ? 524031 : 0)) >> 22;
    int h = q + floor_log2_pow10(-k) + 1;
    u128 power = power_of_ten(-k);
    uint64_t below = multiply_to_odd(power, (4 * c - 2 + (uint64_t)closer_below) << h);
    uint64_t value = multiply_to_odd(power, (4 * c) << h);
    uint64_t above = multiply_to_odd(power, (4 * c + 2) << h);
    uint64_t lower = below + !even, upper = above - !even, s = value / 4;
    if (s >= 10) {
        uint64_t tens = s / 10;
        int down = lower <= 40 * tens, up = 40 * tens + 40 <= upper;
        if (down != up) {
            *exponent = k + 1;
            return tens + (uint64_t)up;
        }
    }
    *exponent = k;
    int down = lower <= 4 * s, up = 4 * s + 4 <= upper;
    if (down != up)
        return s + (uint64_t)up;
    uint64_t middle = 4 * s + 2;
    return s + (value > middle || (value == middle && (s & 1)));
}

void float_text_shortest(double x, Decimal *out)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint64_t fraction = bits & (((uint64_t)1 << 52) - 1);
    int biased = (int)(bits >> 52 & 0x7ff), exponent = 0;
    out->digits = out->own;
    if (biased == 0 && fraction == 0) {
        out->own[0] = '0';
        out->n = out->point = 1;
        return;
    }
    uint64_t m;
    double magnitude = fabs(x);
    if (magnitude < 0x1p53 && magnitude == (double)(uint64_t)magnitude)
        m = (uint64_t)magnitude; /* its own digits are the shortest but for zeros at the end */
    else if (biased)
        m = shortest(fraction | (uint64_t)1 << 52, biased - 1075, fraction == 0 && biased > 1, &exponent);
    else
        m = shortest(fraction, -1074, 0, &exponent);
    char reversed[20];
    int n = 0;
    for (; m; m /= 10)
        reversed[n++] = (char)('0' + m % 10);
    out->point = n + exponent;
    out->n = n;
    for (int i = 0; i < n; i++)
        out->own[i] = reversed[n - 1 - i];
    while (out->own[out->n - 1] == '0')
        out->n--;
}

/* ---- so many digits ---- */

static locale_t c_locale(void)
{
    static locale_t locale; /* written once */
    if (!locale)
        locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return locale;
}

/* snprintf in the C locale into a fresh block. */
static char *print_double(const char *format, int precision, double x)
{
    locale_t before = uselocale(c_locale());
    char *text = NULL;
    int n = snprintf(NULL, 0, format, precision, x);
    if (n >= 0 && !alloc_fails() && (text = malloc((size_t)n + 1)))
        snprintf(text, (size_t)n + 1, format, precision, x);
    uselocale(before);
    return text;
}

/* Moves the digits of text to its front, without the zeros in front and at the end; the point is where it was. */
static void gather_digits(char *text, Decimal *out)
{
    int n = 0, point = -1, leading = 0;
    char *p = text;
    for (; (*p >= '0' && *p <= '9') || *p == '.'; p++) {
        if (*p == '.')
            point = n + leading;
        else if (n == 0 && *p == '0')
            leading++;
        else
            text[n++] = *p;
    }
    if (point < 0)
        point = n + leading;
    out->point = point - leading;
    if (*p == 'e')
        out->point += atoi(p + 1);
    while (n > 0 && text[n - 1] == '0')
        n--;
    out->n = n;
    out->digits = text;
}

static const uint64_t small_powers[] = {
    1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u, 10000000000u, 100000000000u,
    1000000000000u, 10000000000000u, 100000000000000u, 1000000000000000u, 10000000000000000u, 100000000000000000u,
    1000000000000000000u,
};
enum { SMALL_POWERS = 18 };

/* x * 10**p rounded half to even, exactly, x >= 0: 0 when that does not fit in 63 bits or p is out of the table. */
static int scale_exactly(double x, int p, uint64_t *out)
{
    int exponent;
    if (p < 0 || p > SMALL_POWERS || x * (double)small_powers[p] > 0x1p62)
        return 0;
    u128 n = (u128)(uint64_t)ldexp(frexp(x, &exponent), 53) * small_powers[p]; /* below 2**113 */
    exponent -= 53;
    if (exponent >= 0) {
        *out = (uint64_t)(n << exponent);
        return 1;
    }
    if (exponent < -120) { /* less than a half */
        *out = 0;
        return 1;
    }
    u128 half = (u128)1 << (-exponent - 1), rest = n & (2 * half - 1);
    *out = (uint64_t)(n >> -exponent);
    *out += rest > half || (rest == half && (*out & 1));
    return 1;
}

/* The digits of m, which stands for m * 10**-places. */
static void own_digits(uint64_t m, int places, Decimal *out)
{
    char reversed[20];
    int n = 0;
    for (; m; m /= 10)
        reversed[n++] = (char)('0' + m % 10);
    out->digits = out->own;
    out->point = n - places;
    for (int i = 0; i < n; i++)
        out->own[i] = reversed[n - 1 - i];
    while (n > 0 && out->own[n - 1] == '0')
        n--;
    out->n = n;
}

/* A few significant digits of a number of middling size: 0 when it is none. */
static int few_digits(double x, int digits, Decimal *out)
{
    int exponent;
    uint64_t m;
    if (digits < 1 || digits > SMALL_POWERS)
        return 0;
    frexp(x, &exponent);
    int places = digits - 1 - (int)floor((exponent - 1) * 0.30102999566398120); /* or one less */
    if (!scale_exactly(x, places, &m))
        return 0;
    if (m >= small_powers[digits] && !scale_exactly(x, --places, &m))
        return 0;
    if (m < small_powers[digits - 1])
        return 0;
    own_digits(m, places, out);
    return 1;
}

int float_text_significant(double x, int digits, Decimal *out)
{
    x = fabs(x);
    if (x == 0) {
        float_text_shortest(x, out);
        return 0;
    }
    if (few_digits(x, digits, out))
        return 0;
    char *text = print_double("%.*e", digits > 0 ? digits - 1 : 0, x);
    if (!text)
        return -1;
    gather_digits(text, out);
    return 0;
}

/* Rounds to a multiple of 10**drop: the digits of the integer part are exact, the fraction only breaks a tie. */
static void drop_digits(Decimal *d, int drop, int fraction)
{
    int keep = d->point - drop;
    if (keep < 0 || d->n == 0) {
        d->n = 0;
        return;
    }
    if (keep >= d->n)
        return;
    int up = d->digits[keep] > '5';
    if (d->digits[keep] == '5')
        up = fraction || keep + 1 < d->n || (keep > 0 && (d->digits[keep - 1] & 1));
    d->n = keep;
    while (up && d->n > 0 && d->digits[d->n - 1] == '9')
        d->n--;
    if (up && d->n > 0)
        d->digits[d->n - 1]++;
    else if (up) {
        d->digits[0] = '1';
        d->n = 1;
        d->point++;
    }
    while (d->n > 0 && d->digits[d->n - 1] == '0')
        d->n--;
}

int float_text_places(double x, int places, Decimal *out)
{
    x = fabs(x);
    uint64_t m;
    if (scale_exactly(x, places, &m)) {
        own_digits(m, places, out);
        if (out->n == 0)
            out->point = -places;
        return 0;
    }
    double whole = trunc(x);
    char *text = places < 0 ? print_double("%.*f", 0, whole) : print_double("%.*f", places, x);
    if (!text)
        return -1;
    gather_digits(text, out);
    if (places < 0)
        drop_digits(out, -places, x != whole);
    if (out->n == 0)
        out->point = -places;
    return 0;
}

void float_text_clear(Decimal *d)
{
    if (d->digits != d->own)
        free(d->digits);
}

/* ---- reading ---- */

static const char *skip_word(const char *s, const char *word)
{
    for (; *word; s++, word++)
        if ((*s | 0x20) != *word)
            return NULL;
    return s;
}

static double parse_name(const char *s, const char **end)
{
    const char *p = s;
    int negative = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    const char *after = skip_word(p, "inf");
    if (after) {
        const char *longer = skip_word(after, "inity");
        *end = longer ? longer : after;
        return negative ? -HUGE_VAL : HUGE_VAL;
    }
    after = skip_word(p, "nan");
    *end = after ? after : s;
    return after ? copysign(NAN, negative ? -1.0 : 1.0) : 0.0;
}

/* A number as read: m * 10**exponent; exact is unset when digits or exponent were too many to hold. */
typedef struct Scan {
    uint64_t m;
    int exponent, exact;
} Scan;

static const char *scan_number(const char *p, Scan *scan)
{
    int any = 0, places = 0, significant = 0;
    scan->m = 0, scan->exact = 1;
    for (int behind = 0;; p++) {
        if (*p >= '0' && *p <= '9') {
            any = 1;
            if (scan->m || *p != '0')
                significant++;
            if (significant <= 18)
                scan->m = scan->m * 10 + (uint64_t)(*p - '0');
            else
                scan->exact = 0;
            if (behind && places-- < -100000)
                scan->exact = 0;
        } else if (*p == '.' && !behind)
            behind = 1;
        else
            break;
    }
    if (!any)
        return NULL;
    int exponent = 0;
    const char *q = p + 1;
    if (*p == 'e' || *p == 'E') {
        int negative = *q == '-';
        if (*q == '-' || *q == '+')
            q++;
        if (*q >= '0' && *q <= '9') {
            for (; *q >= '0' && *q <= '9'; q++)
                if (exponent < 100000)
                    exponent = exponent * 10 + (*q - '0');
            p = q;
            if (negative)
                exponent = -exponent;
        }
    }
    scan->exponent = exponent + places;
    return p;
}

double float_text_parse(const char *s, int named, const char **end)
{
    static const double tens[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    const char *p = s;
    int negative = *p == '-';
    Scan scan;
    *end = s;
    if (*p == '-' || *p == '+')
        p++;
    const char *stop = scan_number(p, &scan);
    if (!stop)
        return named ? parse_name(s, end) : 0.0;
    *end = stop;
    double x;
    if (scan.exact && scan.m == 0)
        x = 0.0;
    else if (scan.exact && scan.m <= (uint64_t)1 << 53 && scan.exponent >= -22 && scan.exponent <= 22)
        x = scan.exponent < 0 ? (double)scan.m / tens[-scan.exponent] : (double)scan.m * tens[scan.exponent];
    else {
        char *after;
        x = strtod_l(p, &after, c_locale());
        if (!isinf(x))
            errno = 0;
        else
            errno = ERANGE;
    }
    return negative ? -x : x;
}
