// Linux calls that Swift cannot import because they are variadic, or GNU extensions.
#pragma once
#include <fcntl.h>
#include <linux/fs.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Names the calling thread, as `top -H` shows it (15 bytes at most).
static inline int shim_set_thread_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

/// Renames a file in one step, or fails with EEXIST if the new name is taken; EINVAL where the file system cannot.
static inline int shim_rename_unless_exists(const char *from, const char *to) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}

/// Exchanges two names in one step; EINVAL where the file system cannot.
static inline int shim_rename_exchange(const char *one, const char *other) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
}
