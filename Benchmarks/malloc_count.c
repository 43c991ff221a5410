// Counts calls to the C library's allocator, to be loaded with LD_PRELOAD.
//
// At exit one JSON object a process is appended to the file that MALLOC_COUNT names: calls, calls of 64 KB and more,
// and both again by the library that called ("callers"), so that a program's own allocations can be told from those of
// the libraries below it. operator new and Swift's allocator come through here too. glibc only.

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { large = 64 * 1024, sites = 16384 };

typedef struct {
    _Atomic(uintptr_t) address;  // of the instruction after the call; 0: free
    atomic_ulong calls, large_calls;
} Site;

static Site table[sites];
static atomic_ulong lost;  // calls from places for which the table had no room

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static void count(size_t size, const void *caller) {
    const uintptr_t address = (uintptr_t)caller;
    size_t slot = (address * 0x9E3779B97F4A7C15u) >> 50;
    for (int probe = 0; probe < 64; probe++, slot = (slot + 1) % sites) {
        uintptr_t found = atomic_load_explicit(&table[slot].address, memory_order_relaxed);
        if (found == 0 && atomic_compare_exchange_strong(&table[slot].address, &found, address)) found = address;
        if (found != address) continue;
        atomic_fetch_add_explicit(&table[slot].calls, 1, memory_order_relaxed);
        if (size >= large) atomic_fetch_add_explicit(&table[slot].large_calls, 1, memory_order_relaxed);
        return;
    }
    atomic_fetch_add_explicit(&lost, 1, memory_order_relaxed);
}

void *malloc(size_t size) {
    count(size, __builtin_return_address(0));
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count(number * size, __builtin_return_address(0));
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    count(size, __builtin_return_address(0));
    return __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t number, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(number, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    count(bytes, __builtin_return_address(0));
    return __libc_realloc(old, bytes);
}

void *memalign(size_t alignment, size_t size) {
    count(size, __builtin_return_address(0));
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count(size, __builtin_return_address(0));
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    count(size, __builtin_return_address(0));
    if (alignment % sizeof(void *) || alignment == 0 || alignment & (alignment - 1)) return EINVAL;
    void *block = __libc_memalign(alignment, size);
    if (!block) return ENOMEM;
    *result = block;
    return 0;
}

typedef struct {
    char name[64];
    unsigned long calls, large_calls;
} Library;

/// Adds up the call sites library by library; what no library owns goes to "?".
static int by_library(Library *libraries, int room) {
    int known = 0;
    for (size_t slot = 0; slot < sites; slot++) {
        const uintptr_t address = atomic_load(&table[slot].address);
        if (address == 0) continue;
        Dl_info info;
        const char *name = dladdr((void *)(address - 1), &info) && info.dli_fname ? info.dli_fname : "?";
        const char *slash = strrchr(name, '/');
        if (slash) name = slash + 1;
        int i = 0;
        while (i < known && strncmp(libraries[i].name, name, sizeof libraries[i].name - 1)) i++;
        if (i == known) {
            if (known == room) continue;
            known++;
            snprintf(libraries[i].name, sizeof libraries[i].name, "%s", name);
        }
        libraries[i].calls += atomic_load(&table[slot].calls);
        libraries[i].large_calls += atomic_load(&table[slot].large_calls);
    }
    return known;
}

__attribute__((destructor)) static void report(void) {
    const char *path = getenv("MALLOC_COUNT");
    if (!path) return;
    static Library libraries[256];
    static char text[64 * 1024];
    const int known = by_library(libraries, 256);
    unsigned long calls = atomic_load(&lost), large_calls = 0;
    for (int i = 0; i < known; i++) {
        calls += libraries[i].calls;
        large_calls += libraries[i].large_calls;
    }
    int length = snprintf(text, sizeof text, "{\"calls\": %lu, \"large_calls\": %lu, \"lost\": %lu, \"callers\": {",
                          calls, large_calls, atomic_load(&lost));
    for (int i = 0; i < known; i++)
        length += snprintf(text + length, sizeof text - (size_t)length, "%s\"%s\": [%lu, %lu]", i ? ", " : "",
                           libraries[i].name, libraries[i].calls, libraries[i].large_calls);
    length += snprintf(text + length, sizeof text - (size_t)length, "}}\n");
    const int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (file < 0) return;
    if (write(file, text, (size_t)length) != length) fprintf(stderr, "malloc_count: cannot write %s\n", path);
    close(file);
}
