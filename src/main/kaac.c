/* kaac.c - compiles files of the standard library to C arrays of marshalled code, for the build of kaa.
 *
 * kaac OUT STDLIB NAME=PATH...: PATH is relative to STDLIB, without .py; its code calls itself "<frozen PATH>" with
 * dots. The runtime is started as far as the compiler needs it: no importlib, no sys.path. */
#include "code/marshal.h"
#include "objects/bytes/bytes.h"
#include "objects/str/str.h"
#include "runtime/config.h"
#include "runtime/errors.h"
#include "runtime/run.h"

static int fail(const char *what)
{
    fprintf(stderr, "kaac: %s\n", what);
    if (PyErr_Occurred())
        PyErr_Print();
    return 1;
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = size >= 0 ? malloc((size_t)size + 1) : NULL;
    size_t got = text ? fread(text, 1, (size_t)size, file) : 0;
    if (text)
        text[got] = 0;
    fclose(file);
    return text;
}

static PyObject *compile_module(const char *stdlib, const char *path)
{
    char file[4096], name[512];
    snprintf(file, sizeof file, "%s/%s.py", stdlib, path);
    snprintf(name, sizeof name, "<frozen %s>", path);
    for (char *p = name; *p; p++)
        if (*p == '/')
            *p = '.';
    char *source = read_file(file);
    if (!source) {
        fprintf(stderr, "kaac: %s cannot be read (package libpython3.11-minimal)\n", file);
        return NULL;
    }
    PyObject *code = Py_CompileStringExFlags(source, name, Py_file_input, NULL, 0);
    free(source);
    PyObject *data = code ? PyMarshal_WriteObjectToString(code, Py_MARSHAL_VERSION) : NULL;
    Py_XDECREF(code);
    return data;
}

static void write_array(FILE *out, int number, PyObject *data)
{
    fprintf(out, "static const unsigned char frozen_%d[] = {", number);
    const unsigned char *bytes = (const unsigned char *)PyBytes_AS_STRING(data);
    for (Py_ssize_t i = 0; i < PyBytes_GET_SIZE(data); i++)
        fprintf(out, "%s%u,", i % 32 ? "" : "\n", bytes[i]);
    fprintf(out, "\n};\n");
}

static int write_modules(FILE *out, const char *stdlib, int n, char **specs)
{
    for (int i = 0; i < n; i++) {
        char *path = strchr(specs[i], '=');
        PyObject *data = path ? compile_module(stdlib, path + 1) : NULL;
        if (!data)
            return fail(specs[i]);
        write_array(out, i, data);
        Py_DECREF(data);
    }
    fprintf(out, "#define FROZEN_ROWS");
    for (int i = 0; i < n; i++)
        fprintf(out, " FROZEN_ROW(\"%.*s\", frozen_%d, 0)", (int)strcspn(specs[i], "="), specs[i], i);
    fprintf(out, "\n");
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return fail("usage: kaac OUT STDLIB NAME=PATH...");
    PyConfig config;
    PyConfig_InitIsolatedConfig(&config);
    config._install_importlib = 0;
    config.site_import = 0;
    PyStatus status = Py_InitializeFromConfig(&config);
    if (PyStatus_Exception(status))
        return fail(status.err_msg);
    FILE *out = fopen(argv[1], "w");
    if (!out)
        return fail(argv[1]);
    int failed = write_modules(out, argv[2], argc - 3, argv + 3);
    return fclose(out) || failed;
}
