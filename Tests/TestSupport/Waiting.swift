import Glibc

/// Waits for what another process or thread does. It asks a hundred times a second at most, so that who is waited for has
/// the processor.
package func waitUntil(_ isSo: () throws -> Bool) rethrows {
    while try !isSo() { usleep(10_000) }
}
