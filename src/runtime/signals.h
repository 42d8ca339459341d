/* signals.h - signals: PyErr_CheckSignals, PyOS_*. */
#ifndef KAA_RUNTIME_SIGNALS_H
#define KAA_RUNTIME_SIGNALS_H

#include "runtime/start.h"

K_API int PyOS_InterruptOccurred(void);
K_API void PyOS_BeforeFork(void);
K_API void PyOS_AfterFork_Parent(void);
K_API void PyOS_AfterFork_Child(void);
K_API void PyOS_AfterFork(void);
K_API K_STATUS int _PyOS_IsMainThread(void);
K_API void *_PyOS_SigintEvent(void);

#endif
