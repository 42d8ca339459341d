/* inner.c - foreign code that reads and changes the interpreter's own structures, as greenlet, Cython and debuggers do. */
#define PY_SSIZE_T_CLEAN
#define Py_BUILD_CORE_MODULE 1
#include <Python.h>
#include <frameobject.h>
#include <internal/pycore_frame.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>
#include <ucontext.h>

/* ---- frames ---- */

static PyObject *chain(PyObject *module, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    for (_PyInterpreterFrame *f = PyThreadState_Get()->cframe->current_frame; f; f = f->previous) {
        int lasti = (int)((char *)f->prev_instr - (char *)_PyCode_CODE(f->f_code));
        PyObject *row = Py_BuildValue("(Oiiii)", f->f_code->co_name, (int)f->owner, (int)f->is_entry, lasti, f->stacktop);
        if (!row || PyList_Append(list, row) < 0)
            return NULL;
        Py_DECREF(row);
    }
    return list;
}

static PyObject *variables(PyObject *module, PyObject *arg)
{
    _PyInterpreterFrame *f = PyThreadState_Get()->cframe->current_frame;
    for (long depth = PyLong_AsLong(arg); depth > 0; depth--)
        f = f->previous;
    int n = f->f_code->co_nlocalsplus;
    PyObject *values = PyTuple_New(n);
    for (int i = 0; i < n; i++)
        PyTuple_SET_ITEM(values, i, Py_NewRef(f->localsplus[i] ? f->localsplus[i] : Py_Ellipsis));
    return Py_BuildValue("(NOOOOO)", values, f->f_code->co_localsplusnames, (PyObject *)f->f_func, f->f_globals, f->f_builtins,
                         f->f_locals ? f->f_locals : Py_None);
}

static void free_chunks(_PyStackChunk *chunk)
{
    PyObjectArenaAllocator arena;
    PyObject_GetArenaAllocator(&arena);
    while (chunk) {
        _PyStackChunk *previous = chunk->previous;
        arena.free(arena.ctx, chunk, chunk->size);
        chunk = previous;
    }
}

static int count_chunks(void)
{
    int n = 0;
    for (_PyStackChunk *c = PyThreadState_Get()->datastack_chunk; c; c = c->previous)
        n++;
    return n;
}

static PyObject *chunks(PyObject *module, PyObject *unused)
{
    return PyLong_FromLong(count_chunks());
}

/* Calls on a data stack of its own, which begins as nothing. */
static PyObject *on_empty_stack(PyObject *module, PyObject *callable)
{
    PyThreadState *t = PyThreadState_Get();
    _PyStackChunk *chunk = t->datastack_chunk;
    PyObject **top = t->datastack_top, **limit = t->datastack_limit;
    t->datastack_chunk = NULL;
    t->datastack_top = t->datastack_limit = NULL;
    PyObject *result = PyObject_CallNoArgs(callable);
    free_chunks(t->datastack_chunk);
    t->datastack_chunk = chunk;
    t->datastack_top = top;
    t->datastack_limit = limit;
    return result;
}

static PyObjectArenaAllocator arena_before;
static int taken, given;
static void *take(void *ctx, size_t size)
{
    taken += size <= 65536;
    return arena_before.alloc(arena_before.ctx, size);
}
static void give(void *ctx, void *p, size_t size)
{
    given += size <= 65536;
    arena_before.free(arena_before.ctx, p, size);
}

/* Calls with an arena allocator that counts; (chunks taken, chunks given back). */
static PyObject *counting_chunks(PyObject *module, PyObject *callable)
{
    PyObject_GetArenaAllocator(&arena_before);
    PyObjectArenaAllocator counting = { NULL, take, give };
    taken = given = 0;
    PyObject_SetArenaAllocator(&counting);
    PyObject *result = PyObject_CallNoArgs(callable);
    PyObject_SetArenaAllocator(&arena_before);
    Py_XDECREF(result);
    return result ? Py_BuildValue("(ii)", taken, given) : NULL;
}

/* ---- tasks with C stacks of their own ---- */

typedef struct State {
    _PyCFrame *cframe;
    _PyStackChunk *chunk;
    PyObject **top, **limit;
    int remaining;
    _PyErr_StackItem *exc_info;
    PyObject *context;
} State;
typedef struct Task {
    PyObject_HEAD
    ucontext_t inside, outside;
    char *stack;
    State state, other;
    _PyErr_StackItem exc;
    _PyCFrame root;
    PyObject *callable, *passed;
    int started, done;
} Task;
static Task *running, *starting;
enum { STACK = 512 * 1024 };

static void save(State *s, PyThreadState *t)
{
    *s = (State){ t->cframe, t->datastack_chunk, t->datastack_top, t->datastack_limit, t->recursion_limit - t->recursion_remaining,
                  t->exc_info, NULL };
}

static void restore(const State *s, PyThreadState *t)
{
    t->cframe = s->cframe;
    t->datastack_chunk = s->chunk;
    t->datastack_top = s->top;
    t->datastack_limit = s->limit;
    t->recursion_remaining = t->recursion_limit - s->remaining;
    t->exc_info = s->exc_info;
}

static void inside(void)
{
    Task *task = starting;
    task->passed = PyObject_CallOneArg(task->callable, task->passed);
    task->done = 1;
    PyThreadState *t = PyThreadState_Get();
    free_chunks(t->datastack_chunk);
    restore(&task->other, t);
    swapcontext(&task->inside, &task->outside);
}

/* Goes on with the task; what it passes out, or returns at its end, comes back. */
static PyObject *task_resume(PyObject *self, PyObject *value)
{
    Task *task = (Task *)self, *before = running;
    PyThreadState *t = PyThreadState_Get();
    if (task->done) {
        PyErr_SetString(PyExc_RuntimeError, "the task is done");
        return NULL;
    }
    task->passed = Py_NewRef(value);
    save(&task->other, t);
    running = task;
    if (!task->started) {
        task->started = 1;
        getcontext(&task->inside);
        task->inside.uc_stack.ss_sp = task->stack;
        task->inside.uc_stack.ss_size = STACK;
        makecontext(&task->inside, inside, 0);
        task->root = (_PyCFrame){ 0 };
        task->exc = (_PyErr_StackItem){ 0 };
        t->cframe = &task->root;
        task->root.previous = NULL;
        t->datastack_chunk = NULL;
        t->datastack_top = t->datastack_limit = NULL;
        t->exc_info = &task->exc;
        starting = task;
    } else {
        restore(&task->state, t);
    }
    swapcontext(&task->outside, &task->inside);
    running = before;
    PyObject *result = task->passed;
    task->passed = NULL;
    return result;
}

/* Within a task: passes a value out, and gives back the one it is resumed with. */
static PyObject *pass_out(PyObject *module, PyObject *value)
{
    Task *task = running;
    PyThreadState *t = PyThreadState_Get();
    save(&task->state, t);
    restore(&task->other, t);
    task->passed = Py_NewRef(value);
    swapcontext(&task->inside, &task->outside);
    return task->passed;
}

static PyObject *task_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Task *task = (Task *)type->tp_alloc(type, 0);
    task->stack = malloc(STACK);
    task->callable = Py_NewRef(PyTuple_GET_ITEM(args, 0));
    return (PyObject *)task;
}
static void task_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_DECREF(((Task *)self)->callable);
    free(((Task *)self)->stack);
    type->tp_free(self);
    Py_DECREF(type);
}
static PyMethodDef task_methods[] = { { "resume", task_resume, METH_O }, { NULL } };
static PyType_Slot task_slots[] = {
    { Py_tp_new, (void *)task_new }, { Py_tp_dealloc, (void *)task_dealloc }, { Py_tp_methods, task_methods }, { 0, NULL },
};
static PyType_Spec task_spec = { "inner.Task", sizeof(Task), 0, Py_TPFLAGS_DEFAULT, task_slots };

/* ---- exceptions ---- */

static PyObject *exceptions(PyObject *module, PyObject *unused)
{
    PyThreadState *t = PyThreadState_Get();
    PyObject *list = PyList_New(0);
    for (_PyErr_StackItem *item = t->exc_info; item; item = item->previous_item)
        PyList_Append(list, item->exc_value ? item->exc_value : Py_Ellipsis);
    return Py_BuildValue("(iiiN)", t->curexc_type != NULL, t->curexc_value != NULL, t->curexc_traceback != NULL, list);
}

/* As Cython does it: an exception set by writing the thread's own fields. */
static PyObject *raise_by_hand(PyObject *module, PyObject *value)
{
    PyThreadState *t = PyThreadState_Get();
    t->curexc_type = Py_NewRef((PyObject *)Py_TYPE(value));
    t->curexc_value = Py_NewRef(value);
    t->curexc_traceback = NULL;
    return NULL;
}

/* Calls, and swallows what it raises by emptying the fields; gives its type's name. */
static PyObject *swallow_by_hand(PyObject *module, PyObject *callable)
{
    PyThreadState *t = PyThreadState_Get();
    PyObject *result = PyObject_CallNoArgs(callable);
    if (result)
        return result;
    PyObject *type = t->curexc_type, *value = t->curexc_value, *traceback = t->curexc_traceback;
    t->curexc_type = t->curexc_value = t->curexc_traceback = NULL;
    PyObject *told = Py_BuildValue("(sOi)", ((PyTypeObject *)type)->tp_name, value ? value : Py_None, traceback != NULL);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return told;
}

/* Changes which exception is being handled, as Cython's generators do. */
static PyObject *handle(PyObject *module, PyObject *value)
{
    _PyErr_StackItem *item = PyThreadState_Get()->exc_info;
    PyObject *old = item->exc_value;
    item->exc_value = Py_NewRef(value);
    Py_XDECREF(old);
    return Py_NewRef(Py_None);
}

/* Raises with a traceback line of its own: a frame that never ran, its line written into it. */
static PyObject *raise_at(PyObject *module, PyObject *args)
{
    PyObject *globals, *value;
    const char *file, *name;
    int line, at_field;
    if (!PyArg_ParseTuple(args, "ssipOO", &file, &name, &line, &at_field, &globals, &value))
        return NULL;
    PyErr_SetObject((PyObject *)Py_TYPE(value), value);
    PyObject *type, *exc, *traceback;
    PyErr_Fetch(&type, &exc, &traceback);
    PyCodeObject *code = PyCode_NewEmpty(file, name, at_field ? 1 : line);
    PyFrameObject *frame = PyFrame_New(PyThreadState_Get(), code, globals, NULL);
    if (at_field)
        *(int *)((char *)frame + 40) = line;
    PyErr_Restore(type, exc, traceback);
    PyTraceBack_Here(frame);
    Py_DECREF(frame);
    Py_DECREF(code);
    return NULL;
}

/* ---- what the eval breaker brings ---- */

static PyObject *log_list;
static int pending(void *text)
{
    PyObject *item = PyUnicode_FromString(text);
    int status = PyList_Append(log_list, item);
    Py_DECREF(item);
    return status;
}
static int failing(void *text)
{
    PyErr_SetString(PyExc_ValueError, text);
    return -1;
}

/* An object that asks for things without being called: by its item, which no instruction polls behind. */
static PyObject *trigger_item(PyObject *self, PyObject *what)
{
    const char *text = PyUnicode_AsUTF8(what);
    if (!text)
        return NULL;
    if (strcmp(text, "pending") == 0)
        Py_AddPendingCall(pending, "pending");
    else if (strcmp(text, "failing") == 0)
        Py_AddPendingCall(failing, "failing");
    else if (strcmp(text, "signal") == 0)
        raise(SIGUSR1);
    else if (strcmp(text, "async") == 0)
        PyThreadState_SetAsyncExc(PyThread_get_thread_ident(), PyExc_KeyError);
    return Py_NewRef(Py_None);
}
static PyType_Slot trigger_slots[] = { { Py_mp_subscript, (void *)trigger_item }, { 0, NULL } };
static PyType_Spec trigger_spec = { "inner.Trigger", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, trigger_slots };

static PyObject *log_to(PyObject *module, PyObject *list)
{
    Py_XSETREF(log_list, Py_NewRef(list));
    return Py_NewRef(Py_None);
}

/* ---- the C stack ---- */

/* Names of exported functions on the C stack, innermost first. */
static PyObject *c_stack(void)
{
    void *addresses[64];
    int n = backtrace(addresses, 64);
    PyObject *list = PyList_New(0);
    for (int i = 0; i < n; i++) {
        Dl_info info;
        if (dladdr(addresses[i], &info) && info.dli_sname) {
            PyObject *name = PyUnicode_FromString(info.dli_sname);
            PyList_Append(list, name);
            Py_DECREF(name);
        }
    }
    return list;
}
#define BINARY(name) static PyObject *s_##name(PyObject *a, PyObject *b) { return c_stack(); }
BINARY(add) BINARY(subtract) BINARY(multiply) BINARY(remainder) BINARY(lshift) BINARY(rshift) BINARY(and) BINARY(xor)
BINARY(or) BINARY(floor_divide) BINARY(true_divide) BINARY(matrix_multiply) BINARY(inplace_add) BINARY(inplace_multiply)
static PyObject *s_power(PyObject *a, PyObject *b, PyObject *c) { return c_stack(); }
static PyObject *s_negative(PyObject *a) { return c_stack(); }
static PyType_Slot stack_slots[] = {
#define S(name) { Py_nb_##name, (void *)s_##name }
    S(add), S(subtract), S(multiply), S(remainder), S(lshift), S(rshift), S(and), S(xor), S(or), S(floor_divide),
    S(true_divide), S(matrix_multiply), S(inplace_add), S(inplace_multiply), S(power), S(negative), { 0, NULL },
};
static PyType_Spec stack_spec = { "inner.Stack", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, stack_slots };

static PyMethodDef functions[] = {
    { "chain", chain, METH_NOARGS }, { "variables", variables, METH_O }, { "chunks", chunks, METH_NOARGS },
    { "on_empty_stack", on_empty_stack, METH_O }, { "counting_chunks", counting_chunks, METH_O }, { "pass_out", pass_out, METH_O }, { "exceptions", exceptions, METH_NOARGS },
    { "raise_by_hand", raise_by_hand, METH_O }, { "swallow_by_hand", swallow_by_hand, METH_O }, { "handle", handle, METH_O },
    { "raise_at", raise_at, METH_VARARGS }, { "log_to", log_to, METH_O }, { NULL },
};
static struct PyModuleDef definition = { PyModuleDef_HEAD_INIT, "inner", NULL, -1, functions };

PyMODINIT_FUNC PyInit_inner(void)
{
    PyObject *module = PyModule_Create(&definition);
    PyType_Spec *const specs[] = { &task_spec, &trigger_spec, &stack_spec };
    for (int i = 0; module && i < 3; i++) {
        PyTypeObject *type = (PyTypeObject *)PyType_FromSpec(specs[i]);
        if (!type || PyModule_AddType(module, type) < 0)
            return NULL;
    }
    return module;
}
