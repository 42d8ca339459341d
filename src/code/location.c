/* location.c - reading the two tables beside the bytecode: where in the source, and which handler.
 *
 * In: co_linetable, co_exceptiontable and a byte offset.  Out: lines and columns; the handler's target.
 * Location entry: a byte with the high bit set (4 bits of form, 3 bits of length - 1 in code units), then its operands,
 * whose high bits are clear. Exception entry: four numbers of 6-bit groups, most significant first, the first byte
 * marked by the high bit. A damaged table must not make a reader run past its end.
 * Start at k_code_walk_next() and k_code_find_handler(). */
#include "code/code.h"

#include "objects/bytes/bytes.h"

/* Forms of location entries; below 10 the form is part of the column. */
enum { FORM_ONE_LINE = 10, FORM_NO_COLUMNS = 13, FORM_LONG = 14, FORM_NONE = 15 };
enum { UNIT = sizeof(_Py_CODEUNIT) };

static unsigned read_byte(KCodeWalk *walk)
{
    return walk->next < walk->limit ? *walk->next++ : 0;
}

/* Least significant group first. */
static unsigned read_varint(KCodeWalk *walk)
{
    unsigned byte = read_byte(walk), value = byte & 63;
    for (int shift = 6; (byte & 64) && shift < 32; shift += 6) {
        byte = read_byte(walk);
        value |= (byte & 63) << shift;
    }
    return value;
}

static int read_signed(KCodeWalk *walk)
{
    unsigned value = read_varint(walk);
    return value & 1 ? -(int)(value >> 1) : (int)(value >> 1);
}

void k_code_walk_start(KCodeWalk *walk, PyCodeObject *code)
{
    const uint8_t *table = (const uint8_t *)PyBytes_AS_STRING(code->co_linetable);
    *walk = (KCodeWalk){ .next = table, .limit = table + PyBytes_GET_SIZE(code->co_linetable),
                         .line = code->co_firstlineno };
}

int k_code_walk_next(KCodeWalk *walk)
{
    if (walk->next >= walk->limit)
        return 0;
    unsigned first = *walk->next++;
    int form = (first >> 3) & 15;
    walk->start = walk->end;
    walk->end += ((int)(first & 7) + 1) * UNIT;
    KCodePosition *where = &walk->where;
    *where = (KCodePosition){ -1, -1, -1, -1 };
    if (form == FORM_NONE)
        return 1;
    if (form < FORM_ONE_LINE) {
        unsigned columns = read_byte(walk);
        where->column = form << 3 | columns >> 4;
        where->end_column = where->column + (int)(columns & 15);
    } else if (form < FORM_NO_COLUMNS) {
        walk->line += form - FORM_ONE_LINE;
        where->column = (int)read_byte(walk);
        where->end_column = (int)read_byte(walk);
    } else {
        walk->line += read_signed(walk);
    }
    where->line = where->end_line = walk->line;
    if (form == FORM_LONG) {
        where->end_line += (int)read_varint(walk);
        where->column = (int)read_varint(walk) - 1;
        where->end_column = (int)read_varint(walk) - 1;
    }
    return 1;
}

/* The table with lines only, for programs that run without column numbers. Only a damaged entry can become longer: one
 * byte that should have had operands. */
PyObject *k_code_lines_only(PyObject *table)
{
    const uint8_t *from = (const uint8_t *)PyBytes_AS_STRING(table);
    PyObject *result = PyBytes_FromStringAndSize(NULL, 2 * PyBytes_GET_SIZE(table));
    if (!result)
        return NULL;
    KCodeWalk walk = { .next = from, .limit = from + PyBytes_GET_SIZE(table) };
    uint8_t *to = (uint8_t *)PyBytes_AS_STRING(result), *start = to;
    while (walk.next < walk.limit) {
        unsigned head = *walk.next;
        int last = walk.line;
        (void)k_code_walk_next(&walk);
        if (((head >> 3) & 15) == FORM_NONE) {
            *to++ = (uint8_t)head;
            continue;
        }
        *to++ = (uint8_t)(0x80 | FORM_NO_COLUMNS << 3 | (head & 7));
        unsigned delta = walk.line < last ? (unsigned)(last - walk.line) << 1 | 1 : (unsigned)(walk.line - last) << 1;
        for (; delta >= 64; delta >>= 6)
            *to++ = (uint8_t)(64 | (delta & 63));
        *to++ = (uint8_t)delta;
    }
    Py_ssize_t size = to - start;
    return _PyBytes_Resize(&result, size) < 0 ? NULL : result;
}

KCodePosition k_code_position(PyCodeObject *code, int byte_offset)
{
    if (byte_offset < 0)
        return (KCodePosition){ code->co_firstlineno, code->co_firstlineno, 0, 0 };
    KCodeWalk walk;
    k_code_walk_start(&walk, code);
    while (k_code_walk_next(&walk))
        if (byte_offset < walk.end)
            return walk.where;
    return (KCodePosition){ -1, -1, -1, -1 };
}

int PyCode_Addr2Line(PyCodeObject *code, int byte_offset)
{
    return byte_offset < 0 ? code->co_firstlineno : k_code_position(code, byte_offset).line;
}

int PyCode_Addr2Location(PyCodeObject *code, int byte_offset, int *line, int *column, int *end_line, int *end_column)
{
    KCodePosition where = k_code_position(code, byte_offset);
    *line = where.line;
    *column = where.column;
    *end_line = where.end_line;
    *end_column = where.end_column;
    return 1;
}

/* ---- CPython's way of walking, for programs that hold a PyCodeAddressRange ---- */

static int bounds_forward(PyCodeAddressRange *bounds)
{
    KCodeWalk walk = { .next = bounds->opaque.lo_next, .limit = bounds->opaque.limit,
                       .line = bounds->opaque.computed_line, .end = bounds->ar_end };
    if (!k_code_walk_next(&walk))
        return 0;
    /* Entries without operands read are the same entry: nothing else changes the walk. */
    bounds->opaque.lo_next = walk.next;
    bounds->opaque.computed_line = walk.line;
    bounds->ar_start = walk.start;
    bounds->ar_end = walk.end;
    bounds->ar_line = walk.where.line;
    return 1;
}

/* One entry back: the entry that ended where this one starts is found by its marked first byte. */
static int bounds_back(PyCodeAddressRange *bounds)
{
    if (bounds->ar_start <= 0)
        return 0;
    const uint8_t *this_entry = bounds->opaque.lo_next - 1;
    while (!(*this_entry & 128))
        this_entry--;
    KCodeWalk walk = { .next = this_entry, .limit = bounds->opaque.limit };
    k_code_walk_next(&walk);
    bounds->opaque.computed_line -= walk.line; /* it started at 0: the entry's own delta */
    bounds->opaque.lo_next = this_entry--;
    while (!(*this_entry & 128))
        this_entry--;
    walk = (KCodeWalk){ .next = this_entry, .limit = bounds->opaque.limit };
    k_code_walk_next(&walk);
    bounds->ar_end = bounds->ar_start;
    bounds->ar_start -= walk.end;
    bounds->ar_line = walk.where.line == -1 ? -1 : bounds->opaque.computed_line;
    return 1;
}

int _PyCode_CheckLineNumber(int lasti, PyCodeAddressRange *bounds)
{
    while (bounds->ar_end <= lasti)
        if (!bounds_forward(bounds))
            return -1;
    while (bounds->ar_start > lasti)
        if (!bounds_back(bounds))
            return -1;
    return bounds->ar_line;
}

/* ---- the exception table ---- */

typedef struct HandlerReader {
    const uint8_t *next, *limit;
} HandlerReader;

static int handler_number(HandlerReader *reader)
{
    int value = 0, byte;
    do {
        if (reader->next >= reader->limit)
            return value;
        byte = *reader->next++;
        value = value << 6 | (byte & 63);
    } while (byte & 64);
    return value;
}

int k_code_find_handler(PyCodeObject *code, int byte_offset, KCodeHandler *handler)
{
    const uint8_t *low = (const uint8_t *)PyBytes_AS_STRING(code->co_exceptiontable);
    const uint8_t *limit = low + PyBytes_GET_SIZE(code->co_exceptiontable);
    int unit = byte_offset / UNIT;
    /* Entries stand in the order of their starts: halve the table while the half is long. */
    const uint8_t *high = limit;
    while (high - low > 40) {
        const uint8_t *middle = low + (high - low) / 2;
        while (middle > low && !(*middle & 128))
            middle--;
        HandlerReader reader = { middle, limit };
        if (middle == low)
            break;
        if (handler_number(&reader) > unit)
            high = middle;
        else
            low = middle;
    }
    for (HandlerReader reader = { low, limit }; reader.next < reader.limit;) {
        int start = handler_number(&reader), length = handler_number(&reader), target = handler_number(&reader),
            depth = handler_number(&reader);
        if (start > unit)
            return 0;
        if (unit < start + length) {
            *handler = (KCodeHandler){ .target = target * UNIT, .depth = depth >> 1, .push_lasti = depth & 1 };
            return 1;
        }
    }
    return 0;
}
