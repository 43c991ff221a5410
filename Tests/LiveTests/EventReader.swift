@testable import Serve

/// Reads events as a client of `GET /api/events` gets them. For one reader.
struct EventReader {
    private let mailbox: Mailbox<String>

    init?(_ hub: EventHub) {
        guard let mailbox = hub.subscribe() else { return nil }
        self.mailbox = mailbox
    }

    /// The data of the next event of this name; nil at the end.
    func next(_ name: String) async -> String? {
        while let text = await mailbox.next() {
            if let data = Self.data(of: text, named: name) { return data }
        }
        return nil
    }

    /// The same of the events that are there already; nil if there is none.
    func waiting(_ name: String) async -> String? {
        while mailbox.isWaiting, let text = await mailbox.next() {
            if let data = Self.data(of: text, named: name) { return data }
        }
        return nil
    }

    private static func data(of text: String, named name: String) -> String? {
        let lines = text.split(separator: "\n")
        guard lines.contains("event: \(name)") else { return nil }
        return lines.first { $0.hasPrefix("data: ") }.map { String($0.dropFirst("data: ".count)) }
    }
}
