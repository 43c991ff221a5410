#include "CStart.h"

#include <csignal>
#include <cstdlib>
#include <exception>
#include <malloc.h>
#include <new>
#include <string_view>
#include <sys/mman.h>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

namespace {

// OpenBLAS starts a thread and takes a buffer a core when it is loaded, to compute on all of them. It is asked for small
// products, by threads of our own; and where it gets no thread or no buffer, it sends SIGINT, or tries for ever. It reads a
// variable before `main`, so that this is set before the libraries start. The C library takes the environment as the system
// gave it, where there is no room for one more: another variable gives up its place until `main`.
char kOneThread[] = "OPENBLAS_NUM_THREADS=1";
char *displaced = nullptr;

bool isNamed(const char *variable, std::string_view name) {
    std::string_view text(variable);
    return text.substr(0, name.size()) == name && text.substr(name.size(), 1) == "=";
}

// Those that no library looks for when it starts.
constexpr std::string_view kUnneeded[] = {
    "_", "OLDPWD", "SHLVL", "LS_COLORS", "INVOCATION_ID", "SYSTEMD_EXEC_PID", "JOURNAL_STREAM", "LOGNAME", "USER", "PWD",
};

void useOneThread(char **environment) {
    char **place = nullptr;
    for (char **variable = environment; *variable; variable++) {
        if (isNamed(*variable, "OPENBLAS_NUM_THREADS")) {
            *variable = kOneThread;
            return;
        }
    }
    for (auto name : kUnneeded) {
        for (char **variable = environment; *variable && !place; variable++) {
            if (isNamed(*variable, name)) place = variable;
        }
    }
    if (!place) place = environment;
    displaced = *place;
    if (displaced) *place = kOneThread;
}

constexpr std::string_view kNoMemory =
    "camstream: error: there is not enough memory, and the system gives no more: raise the limit (ulimit -v, ulimit -d), "
    "take a smaller model or picture, or end other programs\n";
constexpr std::string_view kNoThreads =
    "camstream: error: no more threads can be started: raise the limit (ulimit -u, TasksMax= of a service, pids.max of a "
    "container)\n";

[[noreturn]] void endWith(std::string_view line) {
    // Once, however many threads meet the same end. Nothing else may be called where a signal has come.
    static volatile sig_atomic_t isTold = 0;
    if (!isTold) {
        isTold = 1;
        (void)!write(STDERR_FILENO, line.data(), line.size());
    }
    _exit(1);
}

// What failed was small or large: less than this is next to nothing for this program.
constexpr size_t kLittle = 64 << 20;

bool isMemoryOut() {
    void *place = mmap(nullptr, kLittle, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place == MAP_FAILED) return true;
    munmap(place, kLittle);
    return false;
}

// Some libraries take memory as they start, and abort where there is none, before any code of ours could tell why. GLib does.
void actBeforeLibraries(int, char **, char **environment) {
    if (isMemoryOut()) endWith(kNoMemory);
    useOneThread(environment);
}

__attribute__((section(".preinit_array"), used)) void (*beforeLibraries)(int, char **, char **) = actBeforeLibraries;

// The C library reserves 64 MB of addresses for the heap of each thread. Where there are few, threads share one.
constexpr rlim_t kFewAddresses = rlim_t(4) << 30;

void shareHeapWhereAddressesAreFew() {
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur < kFewAddresses) mallopt(M_ARENA_MAX, 1);
}

void onFatalSignal(int number) {
    if (isMemoryOut()) endWith(kNoMemory);
    // The action is the default one again: this thread ends by it as soon as the handler returns.
    raise(number);
}

std::terminate_handler terminateBefore = nullptr;

void onTerminate() {
    try {
        if (auto error = std::current_exception()) std::rethrow_exception(error);
    } catch (const std::bad_alloc &) {
        endWith(kNoMemory);
    } catch (const std::system_error &error) {
        if (error.code() == std::errc::resource_unavailable_try_again) endWith(kNoThreads);
    } catch (...) {
    }
    if (terminateBefore) terminateBefore();
    std::abort();
}

}  // namespace

void start_watch_memory(void) {
    shareHeapWhereAddressesAreFew();
    if (displaced) putenv(displaced);
    displaced = nullptr;
    terminateBefore = std::set_terminate(onTerminate);
    for (int number : {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT}) {
        struct sigaction old, action = {};
        // Whoever wants to see crashes, as Swift's backtraces do, has them.
        if (sigaction(number, nullptr, &old) != 0 || old.sa_handler != SIG_DFL) continue;
        action.sa_handler = onFatalSignal;
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        sigemptyset(&action.sa_mask);
        sigaction(number, &action, nullptr);
    }
}
