/* list_sort_kernel.h - the merge sort, written once and compiled for each way to compare (included several times).
 *
 * The includer defines  KERNEL(name)   a name of its own for each function
 *                       LESS(s, a, b)  1 or 0, or -1 with an exception (constant non-negative where nothing can fail)
 * In: a Sort with its items.  Out: the items in stable order; on failure some permutation of them.
 * Runs found in the data are merged in powersort's order; a merge gallops when one side keeps winning. The order of
 * comparisons is the one of CPython 3.11, which programs with inconsistent orders (NaN) can see.
 * Start at KERNEL(sort). */

/* How far into a[0..n) x belongs: before the equal ones (left) or behind them (right), searching outwards from hint. */
static Py_ssize_t KERNEL(gallop)(Sort *s, const SortItem *x, const SortItem *a, Py_ssize_t n, Py_ssize_t hint,
                                 int right)
{
    Py_ssize_t step = 1, previous = 0, low, high;
    /* "goes up": the place lies beyond a[i]. */
#define GOES_UP(i) (right ? 1 - LESS(s, x, &a[i]) : LESS(s, &a[i], x))
#define CHECKED(up) if ((up) < 0 || (up) > 1) return -1
    int up = GOES_UP(hint);
    CHECKED(up);
    if (up) {
        Py_ssize_t most = n - hint;
        while (step < most) {
            up = GOES_UP(hint + step);
            CHECKED(up);
            if (!up)
                break;
            previous = step;
            step = step * 2 + 1;
        }
        low = hint + previous + 1;
        high = hint + Py_MIN(step, most);
    }
    else {
        Py_ssize_t most = hint + 1;
        while (step < most) {
            up = GOES_UP(hint - step);
            CHECKED(up);
            if (up)
                break;
            previous = step;
            step = step * 2 + 1;
        }
        low = hint - Py_MIN(step, most) + 1;
        high = hint - previous;
    }
    while (low < high) {
        Py_ssize_t middle = low + ((high - low) >> 1);
        up = GOES_UP(middle);
        CHECKED(up);
        if (up)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
#undef GOES_UP
#undef CHECKED
}

/* Merges a[0..na) with b[0..nb), which stands right behind it; na <= nb. The left run waits in the scratch space, so
 * the gap between `to` and b is always as long as what is left of it: copying it back there closes the gap. */
static int KERNEL(merge_low)(Sort *s, SortItem *a, Py_ssize_t na, SortItem *b, Py_ssize_t nb)
{
    if (sort_scratch(s, na) < 0)
        return -1;
    memcpy(s->scratch, a, (size_t)na * sizeof *a);
    SortItem *to = a;
    const SortItem *left = s->scratch;
    Py_ssize_t eager = s->gallop, k;
    int status = -1;
    *to++ = *b++;
    if (--nb == 0)
        goto done;
    if (na == 1)
        goto last_left;
    for (;;) {
        Py_ssize_t left_wins = 0, right_wins = 0;
        do {
            int less = LESS(s, b, left);
            if (less < 0)
                goto failed;
            if (less) {
                *to++ = *b++;
                right_wins++;
                left_wins = 0;
                if (--nb == 0)
                    goto done;
            }
            else {
                *to++ = *left++;
                left_wins++;
                right_wins = 0;
                if (--na == 1)
                    goto last_left;
            }
        } while (left_wins < eager && right_wins < eager);
        eager++;
        do {
            eager -= eager > 1;
            s->gallop = eager;
            left_wins = k = KERNEL(gallop)(s, b, left, na, 0, 1);
            if (k < 0)
                goto failed;
            memcpy(to, left, (size_t)k * sizeof *to);
            to += k;
            left += k;
            na -= k;
            if (na == 1)
                goto last_left;
            if (na == 0) /* only with an inconsistent order */
                goto done;
            *to++ = *b++;
            if (--nb == 0)
                goto done;
            right_wins = k = KERNEL(gallop)(s, left, b, nb, 0, 0);
            if (k < 0)
                goto failed;
            memmove(to, b, (size_t)k * sizeof *to);
            to += k;
            b += k;
            nb -= k;
            if (nb == 0)
                goto done;
            *to++ = *left++;
            if (--na == 1)
                goto last_left;
        } while (left_wins >= SORT_GALLOP || right_wins >= SORT_GALLOP);
        s->gallop = ++eager; /* a fine for leaving */
    }
done:
    status = 0;
failed:
    memcpy(to, left, (size_t)na * sizeof *to);
    return status;
last_left: /* one item left of the left run, and it belongs behind all of the right one */
    memmove(to, b, (size_t)nb * sizeof *to);
    to[nb] = *left;
    return 0;
}

/* The mirror image, na >= nb: the right run waits, and the merge goes from the end downwards. */
static int KERNEL(merge_high)(Sort *s, SortItem *a, Py_ssize_t na, SortItem *b, Py_ssize_t nb)
{
    if (sort_scratch(s, nb) < 0)
        return -1;
    memcpy(s->scratch, b, (size_t)nb * sizeof *b);
    SortItem *const base = a, *to = b + nb - 1;
    const SortItem *right = s->scratch + nb - 1;
    Py_ssize_t eager = s->gallop, k;
    int status = -1;
    a += na - 1;
    *to-- = *a--;
    if (--na == 0)
        goto done;
    if (nb == 1)
        goto last_right;
    for (;;) {
        Py_ssize_t left_wins = 0, right_wins = 0;
        do {
            int less = LESS(s, right, a);
            if (less < 0)
                goto failed;
            if (less) {
                *to-- = *a--;
                left_wins++;
                right_wins = 0;
                if (--na == 0)
                    goto done;
            }
            else {
                *to-- = *right--;
                right_wins++;
                left_wins = 0;
                if (--nb == 1)
                    goto last_right;
            }
        } while (left_wins < eager && right_wins < eager);
        eager++;
        do {
            eager -= eager > 1;
            s->gallop = eager;
            k = KERNEL(gallop)(s, right, base, na, na - 1, 1);
            if (k < 0)
                goto failed;
            left_wins = k = na - k;
            to -= k;
            a -= k;
            memmove(to + 1, a + 1, (size_t)k * sizeof *to);
            na -= k;
            if (na == 0)
                goto done;
            *to-- = *right--;
            if (--nb == 1)
                goto last_right;
            k = KERNEL(gallop)(s, a, s->scratch, nb, nb - 1, 0);
            if (k < 0)
                goto failed;
            right_wins = k = nb - k;
            to -= k;
            right -= k;
            memcpy(to + 1, right + 1, (size_t)k * sizeof *to);
            nb -= k;
            if (nb == 1)
                goto last_right;
            if (nb == 0) /* only with an inconsistent order */
                goto done;
            *to-- = *a--;
            if (--na == 0)
                goto done;
        } while (left_wins >= SORT_GALLOP || right_wins >= SORT_GALLOP);
        s->gallop = ++eager;
    }
done:
    status = 0;
failed:
    memcpy(to + 1 - nb, s->scratch, (size_t)nb * sizeof *to);
    return status;
last_right: /* one item left of the right run, and it belongs before all of the left one */
    to -= na;
    memmove(to + 1, base, (size_t)na * sizeof *to);
    *to = *right;
    return 0;
}

/* Merges the runs `at` and `at + 1` of the stack. */
static int KERNEL(merge_runs)(Sort *s, int at)
{
    SortRun *left = &s->runs[at], *right = left + 1;
    SortItem *a = left->base, *b = right->base;
    Py_ssize_t na = left->length, nb = right->length;
    left->length = na + nb;
    if (at == s->nruns - 3)
        *right = right[1];
    s->nruns--;
    Py_ssize_t k = KERNEL(gallop)(s, b, a, na, 0, 1); /* what is already in place at the front */
    if (k < 0)
        return -1;
    a += k;
    na -= k;
    if (na == 0)
        return 0;
    nb = KERNEL(gallop)(s, a + na - 1, b, nb, nb - 1, 0); /* and at the end */
    if (nb <= 0)
        return (int)nb;
    return na <= nb ? KERNEL(merge_low)(s, a, na, b, nb) : KERNEL(merge_high)(s, a, na, b, nb);
}

/* The length of the run at low: ascending, or strictly descending and then reversed. */
static Py_ssize_t KERNEL(find_run)(Sort *s, SortItem *low, SortItem *end)
{
    if (end - low < 2)
        return end - low;
    int down = LESS(s, &low[1], &low[0]);
    if (down < 0)
        return -1;
    SortItem *p = low + 2;
    for (; p < end; p++) {
        int less = LESS(s, &p[0], &p[-1]);
        if (less < 0)
            return -1;
        if (less != down)
            break;
    }
    if (down) {
        for (SortItem *x = low, *y = p - 1; x < y; x++, y--) {
            SortItem swap = *x;
            *x = *y;
            *y = swap;
        }
    }
    return p - low;
}

/* low[0..sorted) is in order; brings the rest up to `end` in, by binary search. */
static int KERNEL(insert_rest)(Sort *s, SortItem *low, SortItem *end, SortItem *next)
{
    for (; next < end; next++) {
        SortItem pivot = *next;
        SortItem *from = low, *to = next;
        while (from < to) {
            SortItem *middle = from + ((to - from) >> 1);
            int less = LESS(s, &pivot, middle);
            if (less < 0)
                return -1;
            if (less)
                to = middle;
            else
                from = middle + 1;
        }
        memmove(from + 1, from, (size_t)(next - from) * sizeof *from);
        *from = pivot;
    }
    return 0;
}

static int KERNEL(sort)(Sort *s)
{
    SortItem *low = s->items, *end = low + s->n;
    Py_ssize_t shortest = sort_shortest_run(s->n);
    while (low < end) {
        Py_ssize_t length = KERNEL(find_run)(s, low, end);
        if (length < 0)
            return -1;
        if (length < shortest) {
            Py_ssize_t forced = Py_MIN(end - low, shortest);
            if (KERNEL(insert_rest)(s, low, low + forced, low + length) < 0)
                return -1;
            length = forced;
        }
        if (s->nruns > 0) {
            SortRun *last = &s->runs[s->nruns - 1];
            int power = sort_power(last->base - s->items, last->length, length, s->n);
            while (s->nruns > 1 && s->runs[s->nruns - 2].power > power) {
                if (KERNEL(merge_runs)(s, s->nruns - 2) < 0)
                    return -1;
            }
            s->runs[s->nruns - 1].power = power;
        }
        s->runs[s->nruns++] = (SortRun){ low, length, 0 };
        low += length;
    }
    while (s->nruns > 1) {
        int at = s->nruns - 2;
        if (at > 0 && s->runs[at - 1].length < s->runs[at + 1].length)
            at--;
        if (KERNEL(merge_runs)(s, at) < 0)
            return -1;
    }
    return 0;
}
