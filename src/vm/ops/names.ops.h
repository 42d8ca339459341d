/* names.ops.h - names of modules and class bodies, globals, imports. */
OP(LOAD_NAME, FOREIGN, CONT_NONE, "a <- name d")
#if OP_BODIES
{
    SAVE();
    PyObject *value = vm_load_name(frame, NAME(pc->d));
    if (!value)
        ERROR();
    A = value;
    NEXT();
}
#endif

OP(STORE_NAME, FOREIGN, CONT_NONE, "name d <- a")
#if OP_BODIES
{
    PyObject *value = A;
    SAVE();
    int status = vm_store_name(frame, NAME(pc->d), value);
    Py_DECREF(value);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

OP(DELETE_NAME, FOREIGN, CONT_NONE, "delete name d")
#if OP_BODIES
{
    SAVE();
    if (vm_delete_name(frame, NAME(pc->d)) < 0)
        ERROR();
    NEXT();
}
#endif

OP(LOAD_GLOBAL, FOREIGN, CONT_NONE, "a <- [NULL,] global or builtin d>>1")
#if OP_BODIES
{
    ADAPT(vm_specialize_global);
    SAVE();
    PyObject *value = vm_load_global(frame, NAME(pc->d >> 1));
    if (!value)
        ERROR();
    A = NULL;
    SLOT(pc->a + (pc->d & 1)) = value;
    NEXT();
}
#endif

OP(STORE_GLOBAL, FOREIGN, CONT_NONE, "global d <- a")
#if OP_BODIES
{
    PyObject *value = A;
    SAVE();
    int status = PyDict_SetItem(frame->f_globals, NAME(pc->d), value);
    Py_DECREF(value);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

OP(DELETE_GLOBAL, FOREIGN, CONT_NONE, "delete global d")
#if OP_BODIES
{
    SAVE();
    if (vm_delete_global(frame, NAME(pc->d)) < 0)
        ERROR();
    NEXT();
}
#endif

OP(LOAD_BUILD_CLASS, FOREIGN, CONT_NONE, "a <- builtins.__build_class__")
#if OP_BODIES
{
    SAVE();
    PyObject *value = vm_load_build_class(frame);
    if (!value)
        ERROR();
    A = value;
    NEXT();
}
#endif

OP(LOAD_ASSERTION_ERROR, PURE, CONT_NONE, "a <- AssertionError")
#if OP_BODIES
{
    A = Py_NewRef(PyExc_AssertionError);
    NEXT();
}
#endif

OP(SETUP_ANNOTATIONS, FOREIGN, CONT_NONE, "__annotations__ exists in the namespace")
#if OP_BODIES
{
    SAVE();
    if (vm_setup_annotations(frame) < 0)
        ERROR();
    NEXT();
}
#endif

OP(IMPORT_NAME, FOREIGN, CONT_NONE, "a <- import of d, level a, names a+1")
#if OP_BODIES
{
    PyObject *level = A, *names = A1;
    SAVE();
    PyObject *module = vm_import_name(tstate, frame, NAME(pc->d), names, level);
    Py_DECREF(level);
    Py_DECREF(names);
    if (!module)
        ERROR_AT(pc->a);
    A = module;
    NEXT();
}
#endif

OP(IMPORT_FROM, FOREIGN, CONT_NONE, "a+1 <- name d of module a")
#if OP_BODIES
{
    SAVE();
    PyObject *value = vm_import_from(tstate, A, NAME(pc->d));
    if (!value)
        ERROR();
    A1 = value;
    NEXT();
}
#endif

OP(IMPORT_STAR, FOREIGN, CONT_NONE, "names of module a into the namespace")
#if OP_BODIES
{
    PyObject *module = A;
    SAVE();
    int status = vm_import_star(tstate, frame, module);
    Py_DECREF(module);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

OP(PRINT_EXPR, FOREIGN, CONT_NONE, "sys.displayhook(a)")
#if OP_BODIES
{
    PyObject *value = A;
    SAVE();
    int status = vm_print_expr(value);
    Py_DECREF(value);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

SPECIAL(LOAD_GLOBAL_MODULE, LOAD_GLOBAL, READ, CONT_NONE, "a <- [NULL,] value at index of the globals")
#if OP_BODIES
{
    KCache *cache = CACHE();
    PyDictKeysObject *keys = ((PyDictObject *)frame->f_globals)->ma_keys;
    GUARD(keys->dk_version == cache->version);
    PyObject *value = DK_UNICODE_ENTRIES(keys)[cache->index].me_value;
    GUARD(value);
    A = NULL;
    SLOT(pc->a + (pc->d & 1)) = Py_NewRef(value);
    NEXT();
}
#endif

SPECIAL(LOAD_GLOBAL_BUILTIN, LOAD_GLOBAL, READ, CONT_NONE, "a <- [NULL,] value at index of the builtins")
#if OP_BODIES
{
    KCache *cache = CACHE();
    PyDictKeysObject *keys = ((PyDictObject *)frame->f_builtins)->ma_keys;
    GUARD(((PyDictObject *)frame->f_globals)->ma_keys->dk_version == cache->version);
    GUARD(keys->dk_version == cache->version2);
    PyObject *value = DK_UNICODE_ENTRIES(keys)[cache->index].me_value;
    GUARD(value);
    A = NULL;
    SLOT(pc->a + (pc->d & 1)) = Py_NewRef(value);
    NEXT();
}
#endif
