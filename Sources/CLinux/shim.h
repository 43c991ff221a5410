// Linux calls that Swift cannot import because they are variadic, or GNU extensions.
#pragma once
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <malloc.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/vfs.h>
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

/// Whether the kernel's clock follows others (NTP and the like); 0 also where it may not be asked.
static inline int shim_clock_is_synchronised(void) {
    struct timex clock = {0};
    int state = adjtimex(&clock);
    return state >= 0 && state != TIME_ERROR && !(clock.status & STA_UNSYNC);
}

/// Whether a folder belongs to /proc or /sys, wherever they are mounted.
static inline int shim_is_kernels_own(const char *folder) {
    struct statfs disk;
    return statfs(folder, &disk) == 0 && (disk.f_type == PROC_SUPER_MAGIC || disk.f_type == SYSFS_MAGIC);
}

/// A descriptor that can be read from when the process has ended; negative where the kernel cannot.
static inline int shim_open_process(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

/// A program that is started gets no descriptor from this one on.
static inline int shim_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}
