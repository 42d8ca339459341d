/* float_text.h - doubles to decimal digits and back. */
#ifndef KAA_BASE_FLOAT_TEXT_H
#define KAA_BASE_FLOAT_TEXT_H

#include "base/k.h"

/* Digits d1 d2 ... dn of a value 0.d1d2...dn * 10**point, without zeros at the end. Nought is the digit "0", point 1. */
typedef struct Decimal {
    int n, point;
    char *digits; /* not terminated; own[] or a malloc block */
    char own[40];
} Decimal;

/* The shortest digits that read back as x (finite; the sign is ignored), nearest to x among those. Cannot fail. */
K_INT void float_text_shortest(double x, Decimal *out);

/* x rounded half to even: to so many significant digits, or to so many digits behind the point (negative: in front of
 * it). A value that rounds to nought has n = 0 in the second form. -1 when out of memory. Given back by
 * float_text_clear(). */
K_INT K_STATUS int float_text_significant(double x, int digits, Decimal *out);
K_INT K_STATUS int float_text_places(double x, int places, Decimal *out);
K_INT void float_text_clear(Decimal *d);

/* Reads [sign] digits [. digits] [e [sign] digits] correctly rounded, or inf, infinity, nan when named is set. *end is
 * where reading stopped: s itself when there is no number. Too large a number gives an infinity and sets errno to
 * ERANGE. The locale plays no part. */
K_INT double float_text_parse(const char *s, int named, const char **end);

#endif
