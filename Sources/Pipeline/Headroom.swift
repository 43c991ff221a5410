import Dispatch
import Glibc

/// Whether there is room for what comes next. It is asked for by taking it for a moment: limits are many (`ulimit`, a
/// container's, the system's own), and where libraries meet one, they end by a signal, or wait for ever.
package enum Headroom {
    /// - Throws: `LackOfResources.memory` if so many bytes of addresses cannot be had.
    package static func requireMemory(bytes: Int, for purpose: String) throws(LackOfResources) {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | Int32(MAP_NORESERVE)
        guard let place = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0), place != MAP_FAILED else {
            throw .memory(bytes: bytes, purpose: purpose, limit: limit)
        }
        munmap(place, bytes)
    }

    /// Bytes of addresses that a thread's stack takes, unless another size is asked for.
    package static var stackSize: Int {
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        pthread_attr_init(attributes)
        defer {
            pthread_attr_destroy(attributes)
            attributes.deallocate()
        }
        var size = 0
        pthread_attr_getstacksize(attributes, &size)
        return size
    }

    /// - Throws: `LackOfResources.threads` if so many cannot be started at a time.
    package static func requireThreads(_ count: Int) throws(LackOfResources) {
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        pthread_attr_init(attributes)
        defer {
            pthread_attr_destroy(attributes)
            attributes.deallocate()
        }
        // Their number is tried, not their memory; but what libraries keep for each thread is part of it.
        pthread_attr_setstacksize(attributes, 1 << 20)
        let end = DispatchSemaphore(value: 0)
        var threads: [pthread_t] = []
        var isLacking = false
        while threads.count < count {
            var thread = pthread_t()
            let argument = Unmanaged.passRetained(end)
            let code = pthread_create(
                &thread, attributes,
                { argument in
                    Unmanaged<DispatchSemaphore>.fromOpaque(argument!).takeRetainedValue().wait()
                    return nil
                }, argument.toOpaque())
            guard code == 0 else {
                argument.release()
                isLacking = code == EAGAIN
                break
            }
            threads.append(thread)
        }
        for _ in threads { end.signal() }
        for thread in threads { pthread_join(thread, nil) }
        if isLacking { throw .threads(count: threads.count, needed: count) }
    }

    /// Bytes that this process may have at most, by the lower of its limits on memory; nil: it has none.
    private static var limit: LackOfResources.Limit? {
        let limits = [(RLIMIT_AS, "ulimit -v"), (RLIMIT_DATA, "ulimit -d")]
        return limits.compactMap { (resource, command) -> LackOfResources.Limit? in
            var limit = rlimit()
            guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(Int64.max)
            else { return nil }
            return .init(bytes: Int(limit.rlim_cur), command: command)
        }.min { $0.bytes < $1.bytes }
    }
}

/// What the system does not give.
package enum LackOfResources: Error, Equatable, CustomStringConvertible {
    /// Of a process's memory, and what sets it.
    package struct Limit: Sendable, Equatable {
        let bytes: Int
        let command: String
    }

    /// `bytes`: about so much more is needed.
    case memory(bytes: Int, purpose: String, limit: Limit?)
    /// `count`: so many can be started.
    case threads(count: Int, needed: Int)

    package var description: String {
        switch self {
        case .memory(let bytes, let purpose, let limit?):
            "there is not enough memory \(purpose): about \(bytes >> 20) MB more are needed, and this process may have "
                + "\(limit.bytes >> 20) MB in all; raise the limit (\(limit.command))"
        case .memory(let bytes, let purpose, nil):
            "there is not enough memory \(purpose): about \(bytes >> 20) MB more are needed, and the system does not give "
                + "them; end other programs"
        case .threads(let count, let needed):
            "only \(count) of \(needed) more threads can be started: raise the limit (ulimit -u, TasksMax= of a service, "
                + "pids.max of a container)"
        }
    }
}
