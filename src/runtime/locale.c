/* locale.c - LC_CTYPE at start (PEP 538, PEP 540), and text between the C library's and Python's form.
 *
 * Bytes that are no text become lone surrogates U+DC80...U+DCFF and come back as the bytes they were. In UTF-8 mode and
 * in UTF-8 locales the conversion is done here, otherwise by mbrtowc. Start at locale_configure(). */
#include "memory/mem.h"
#include "runtime/config.h"
#include "runtime/osutil.h"

#include <langinfo.h>
#include <locale.h>

const char *Py_FileSystemDefaultEncoding;
const char *Py_FileSystemDefaultEncodeErrors;
int Py_HasFileSystemDefaultEncoding;
int _Py_HasFileSystemDefaultEncodeErrors;
int Py_UTF8Mode;

static int is_plain_c(void)
{
    const char *name = setlocale(LC_CTYPE, NULL);
    return !name || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0;
}

int _Py_LegacyLocaleDetected(int warn K_UNUSED)
{
    return is_plain_c();
}

char *_Py_SetLocaleFromEnv(int category)
{
    return setlocale(category, "");
}

/* A C locale is replaced by a UTF-8 one, for child processes too. 1 when it was. */
int _Py_CoerceLegacyLocale(int warn)
{
    static const char *const targets[] = { "C.UTF-8", "C.utf8", "UTF-8" };
    const char *all = getenv("LC_ALL");
    if (all && *all)
        return 0;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        if (!setlocale(LC_CTYPE, targets[i]))
            continue;
        setenv("LC_CTYPE", targets[i], 1);
        if (warn)
            fprintf(stderr, "Python detected LC_CTYPE=C: LC_CTYPE coerced to %.20s (set another locale or "
                            "PYTHONCOERCECLOCALE=0 to disable this locale coercion behavior).\n", targets[i]);
        setlocale(LC_CTYPE, "");
        return 1;
    }
    setlocale(LC_CTYPE, "");
    return 0;
}

void locale_configure(const PyConfig *config)
{
    static int done;
    KSettings *settings = k_settings();
    if (!done) {
        done = 1;
        setlocale(LC_CTYPE, "");
        const char *coerce = config->use_environment ? getenv("PYTHONCOERCECLOCALE") : NULL;
        int plain = is_plain_c();
        const char *mode = config->use_environment ? getenv("PYTHONUTF8") : NULL;
        if (plain && !(coerce && strcmp(coerce, "0") == 0))
            (void)!_Py_CoerceLegacyLocale(coerce && strcmp(coerce, "warn") == 0);
        settings->utf8_mode = plain;
        if (mode && (strcmp(mode, "0") == 0 || strcmp(mode, "1") == 0))
            settings->utf8_mode = *mode == '1';
    }
    wchar_t *option = config_xoption(config, L"utf8");
    if (option)
        settings->utf8_mode = wcscmp(option, L"=0") != 0;
    if (settings->utf8_mode_asked >= 0)
        settings->utf8_mode = settings->utf8_mode_asked;
    Py_UTF8Mode = settings->utf8_mode;
}

/* ---- conversion ---- */

static int is_utf8(void)
{
    return Py_UTF8Mode || strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* The code point at s and its length; 0 when the bytes are no UTF-8. */
static size_t utf8_next(const unsigned char *s, uint32_t *code)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t n = *s < 0x80 ? 1 : *s >= 0xC2 && *s < 0xE0 ? 2 : (*s & 0xF0) == 0xE0 ? 3 : *s >= 0xF0 && *s < 0xF5 ? 4 : 0;
    uint32_t c = n == 1 ? *s : *s & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3F);
    }
    if (n && (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)))
        return 0;
    *code = c;
    return n;
}

wchar_t *Py_DecodeLocale(const char *text, size_t *size)
{
    size_t length = strlen(text), n = 0;
    wchar_t *wide = PyMem_RawMalloc((length + 1) * sizeof *wide);
    if (!wide) {
        if (size)
            *size = (size_t)-1;
        return NULL;
    }
    int utf8 = is_utf8();
    mbstate_t state = { 0 };
    for (size_t i = 0; i < length; ) {
        uint32_t code = 0;
        wchar_t c = 0;
        size_t used = utf8 ? utf8_next((const unsigned char *)text + i, &code) : mbrtowc(&c, text + i, length - i, &state);
        if (!utf8) {
            code = (uint32_t)c;
            if (used == (size_t)-1 || used == (size_t)-2 || (code >= 0xD800 && code < 0xE000)) {
                state = (mbstate_t){ 0 };
                used = 0;
            }
        }
        if (!used) {
            code = 0xDC00u + (unsigned char)text[i];
            used = 1;
        }
        wide[n++] = (wchar_t)code;
        i += used;
    }
    wide[n] = 0;
    if (size)
        *size = n;
    return wide;
}

static size_t utf8_put(char *out, uint32_t c)
{
    if (c < 0x80)
        return *out = (char)c, 1;
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)((0xF00u >> n) | c);
    return n;
}

static char *encode(const wchar_t *text, size_t *error_at, void *(*allocate)(size_t), void (*release)(void *))
{
    size_t length = wcslen(text), n = 0;
    int utf8 = is_utf8();
    char *out = allocate(length * (utf8 ? 4 : MB_CUR_MAX) + 1);
    if (error_at)
        *error_at = (size_t)-1;
    if (!out)
        return NULL;
    for (size_t i = 0; i < length; i++) {
        uint32_t c = (uint32_t)text[i];
        size_t used;
        if (c >= 0xDC80 && c <= 0xDCFF) {
            out[n] = (char)(c - 0xDC00);
            used = 1;
        } else if (utf8) {
            used = c >= 0xD800 && c < 0xE000 ? (size_t)-1 : utf8_put(out + n, c);
        } else {
            mbstate_t state = { 0 };
            used = wcrtomb(out + n, text[i], &state);
        }
        if (used == (size_t)-1) {
            if (error_at)
                *error_at = i;
            release(out);
            return NULL;
        }
        n += used;
    }
    out[n] = 0;
    return out;
}

char *Py_EncodeLocale(const wchar_t *text, size_t *error_at)
{
    return encode(text, error_at, PyMem_Malloc, PyMem_Free);
}

char *k_encode_locale_raw(const wchar_t *text)
{
    return encode(text, NULL, PyMem_RawMalloc, PyMem_RawFree);
}

enum { ERRORS_STRICT = 1, ERRORS_SURROGATEESCAPE = 2 };

/* 0, -1 out of memory, -2 text that cannot be converted, -3 an error handler other than these two. */
int _Py_DecodeLocaleEx(const char *text, wchar_t **wide, size_t *size, const char **reason, int current_locale K_UNUSED,
                       int errors)
{
    if (errors != ERRORS_STRICT && errors != ERRORS_SURROGATEESCAPE)
        return -3;
    size_t length;
    wchar_t *result = Py_DecodeLocale(text, &length);
    if (!result)
        return -1;
    for (size_t i = 0; errors == ERRORS_STRICT && i < length; i++) {
        if ((uint32_t)result[i] - 0xDC80u > 0x7Fu)
            continue;
        PyMem_RawFree(result);
        if (size)
            *size = i;
        if (reason)
            *reason = "decoding error";
        return -2;
    }
    *wide = result;
    if (size)
        *size = length;
    return 0;
}

int _Py_EncodeLocaleEx(const wchar_t *text, char **bytes, size_t *error_at, const char **reason,
                       int current_locale K_UNUSED, int errors)
{
    if (errors != ERRORS_STRICT && errors != ERRORS_SURROGATEESCAPE)
        return -3;
    size_t at = (size_t)-1;
    for (size_t i = 0; errors == ERRORS_STRICT && text[i] && at == (size_t)-1; i++)
        if ((uint32_t)text[i] - 0xDC80u <= 0x7Fu)
            at = i;
    *bytes = at == (size_t)-1 ? encode(text, &at, PyMem_RawMalloc, PyMem_RawFree) : NULL;
    if (*bytes)
        return 0;
    if (at == (size_t)-1)
        return -1;
    if (error_at)
        *error_at = at;
    if (reason)
        *reason = "encoding error";
    return -2;
}
