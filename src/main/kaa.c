/* kaa.c - the program kaa. */
#include "runtime/start.h"

int main(int argc, char **argv)
{
    return Py_BytesMain(argc, argv);
}
