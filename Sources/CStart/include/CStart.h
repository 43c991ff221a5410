// What no Swift code can do: act before the libraries start, and where memory is out.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// From now on a death by lack of memory or threads is one line and exit code 1, in place of a signal.
///
/// Where an allocation fails, Swift and many a library end by a trap, and C++ by std::terminate. Each such end is looked at:
/// if the system gives no more memory then, it is told so; any other is as before.
void start_watch_memory(void);

#ifdef __cplusplus
}
#endif
