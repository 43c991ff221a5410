import Synchronization

/// Shuts out clients that guess. After five wrong tries none is taken for 30 s, after each further one for twice as long,
/// up to 15 minutes. An hour without a wrong try is forgiven.
///
/// Clients are told apart by a text, such as `IPAddress.block`.
final class Lockout: Sendable {
    private struct Record {
        var failures = 0
        var lastFailure: Duration
        var until: Duration
        /// Whether one more try is taken while it is shut out: who has mistyped five times may be right at last.
        var hasLastTry = false
    }

    static let freeTries = 5
    static let firstPause = Duration.seconds(30)
    static let longestPause = Duration.seconds(900)
    static let memory = Duration.seconds(3600)
    /// Stands for all for whom there is no room.
    private static let others = ""

    /// Clients remembered at a time, so that an attacker with many addresses costs no memory. Who is shut out keeps its
    /// place until its time is over, however many others come; those without a place are counted together.
    let capacity: Int
    private let time: Timekeeper
    private let records = Mutex<[String: Record]>([:])

    init(capacity: Int = 8192, time: Timekeeper = .system) {
        self.capacity = capacity
        self.time = time
    }

    /// How long a client still has to wait; nil: it may try.
    func remaining(_ client: String) -> Duration? {
        let now = time.now()
        return records.withLock { records in
            guard let record = records[Self.place(of: client, in: records, capacity, now)], record.until > now else {
                return nil
            }
            return record.until - now
        }
    }

    /// Whether a try is taken now; the last one is then used up.
    func takesTry(_ client: String) -> Bool {
        let now = time.now()
        return records.withLock { records in
            let place = Self.place(of: client, in: records, capacity, now)
            guard let record = records[place], record.until > now else { return true }
            records[place]?.hasLastTry = false
            return record.hasLastTry
        }
    }

    func failed(_ client: String) {
        let now = time.now()
        records.withLock { records in
            let place = Self.place(of: client, in: records, capacity, now)
            if records[place] == nil, place != Self.others, Self.count(records) >= capacity {
                records[Self.leastWanted(records, now) ?? Self.others] = nil
            }
            var record = records[place] ?? Record(lastFailure: now, until: now)
            if now - record.lastFailure > Self.memory { record.failures = 0 }
            record.failures += 1
            record.lastFailure = now
            if record.failures >= Self.freeTries {
                let doublings = min(record.failures - Self.freeTries, 10)
                record.until = now + min(Self.firstPause * (1 << doublings), Self.longestPause)
            }
            record.hasLastTry = record.failures == Self.freeTries
            records[place] = record
        }
    }

    func succeeded(_ client: String) {
        records.withLock { _ = $0.removeValue(forKey: client) }
    }

    var count: Int { records.withLock { Self.count($0) } }

    private static func count(_ records: [String: Record]) -> Int {
        records.count - (records[others] == nil ? 0 : 1)
    }

    /// Where a client is counted: by itself where it has a place or can get one.
    private static func place(
        of client: String, in records: [String: Record], _ capacity: Int, _ now: Duration
    ) -> String {
        let hasRoom = records[client] != nil || count(records) < capacity || leastWanted(records, now) != nil
        return hasRoom ? client : others
    }

    /// Of those that are not shut out the one with the fewest and oldest failures; nil: all are.
    private static func leastWanted(_ records: [String: Record], _ now: Duration) -> String? {
        var least: (key: String, failures: Int, last: Duration)?
        for (key, record) in records where key != others && record.until <= now {
            if let least, (least.failures, least.last) <= (record.failures, record.lastFailure) { continue }
            least = (key, record.failures, record.lastFailure)
        }
        return least?.key
    }
}
