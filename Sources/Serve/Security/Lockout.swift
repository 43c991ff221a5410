import Synchronization

/// Shuts out addresses that guess. After five wrong tries none is taken for 30 s, after each further one for twice as
/// long, up to 15 minutes. An hour without a wrong try is forgiven.
final class Lockout: Sendable {
    private struct Record {
        var failures = 0
        var lastFailure: Duration
        var until: Duration
    }

    static let freeTries = 5
    static let firstPause = Duration.seconds(30)
    static let longestPause = Duration.seconds(900)
    static let memory = Duration.seconds(3600)

    /// Addresses remembered at a time: the oldest gives way, so that an attacker with many costs no memory.
    let capacity: Int
    private let time: Timekeeper
    private let records = Mutex<[String: Record]>([:])

    init(capacity: Int = 1024, time: Timekeeper = .system) {
        self.capacity = capacity
        self.time = time
    }

    /// How long an address still has to wait; nil: it may try.
    func remaining(_ address: String) -> Duration? {
        let now = time.now()
        return records.withLock { records in
            guard let record = records[address], record.until > now else { return nil }
            return record.until - now
        }
    }

    func failed(_ address: String) {
        let now = time.now()
        records.withLock { records in
            var record = records[address] ?? Record(lastFailure: now, until: now)
            if now - record.lastFailure > Self.memory { record.failures = 0 }
            record.failures += 1
            record.lastFailure = now
            if record.failures >= Self.freeTries {
                let doublings = min(record.failures - Self.freeTries, 10)
                record.until = now + min(Self.firstPause * (1 << doublings), Self.longestPause)
            }
            records[address] = record
            if records.count > capacity,
                let oldest = records.min(by: { $0.value.lastFailure < $1.value.lastFailure })?.key
            {
                records[oldest] = nil
            }
        }
    }

    func succeeded(_ address: String) {
        records.withLock { _ = $0.removeValue(forKey: address) }
    }

    var count: Int { records.withLock { $0.count } }
}
