/* kaa.c - the program kaa. */
#include "runtime/start.h"

#ifdef KAA_SANITIZE
/* Memory is given back at the end by the system; a failed allocation is MemoryError, as in other builds. */
const char *__asan_default_options(void);
__attribute__((visibility("default"), no_sanitize("address", "undefined"))) const char *__asan_default_options(void)
{
    return "detect_leaks=0:allocator_may_return_null=1";
}
#endif

int main(int argc, char **argv)
{
    return Py_BytesMain(argc, argv);
}
