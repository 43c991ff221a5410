import Glibc

/// What the process may open: connections must leave enough for its files, or a recording would end with them.
package enum Descriptors {
    /// More than any number of clients needs; the system may allow a million, of which some programs make lists.
    private static let enough = 65_536
    /// For the input, the model, recordings, sidecars, and threads that wait for the network.
    static var reserve: Int { 128 + 4 * sysconf(Int32(_SC_NPROCESSORS_ONLN)) }
    /// Connections that are taken in any case.
    static let fewest = 16

    /// Raises the limit as far as the system lets everybody.
    package static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let wanted = min(limit.rlim_max, rlim_t(enough))
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// How many files and connections the process may have open.
    package static var limit: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(min(limit.rlim_cur, rlim_t(Int32.max)))
    }

    /// How many connections there may be, so that files can still be opened.
    static func forConnections(limit: Int, reserve: Int = reserve) -> Int { max(fewest, limit - reserve) }
}
