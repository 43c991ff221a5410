// Linux calls that Swift cannot import because they are variadic.
#pragma once
#include <sys/prctl.h>

/// Names the calling thread, as `top -H` shows it (15 bytes at most).
static inline int shim_set_thread_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }
