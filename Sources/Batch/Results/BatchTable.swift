import Foundation
import Pipeline
package import Reports
import Synchronization

/// All recordings of a batch with what was seen in them, in the order of the plan.
package struct BatchTable: Sendable {
    /// One recording.
    package struct Row: Codable, Sendable, Equatable {
        package enum State: String, Codable, Sendable { case done, bad, missing, stale }

        package var input: String
        package var state: State
        /// What is wrong with the input; nil: nothing, or nobody has tried.
        package var problem: String?
        /// Results, below the plan's folder.
        package var outputs: [String] = []
        /// Seconds of the recording, frames, and seconds that the work took.
        package var duration: Double?
        package var frames: Int?
        package var seconds: Double?
        package var host: String?
        package var seen: RecordingDigest?

        init(_ job: PlannedJob, _ state: JobState) {
            input = redacted(job.input)
            duration = job.seconds
            switch state {
            case .done(let receipt):
                self.state = .done
                outputs = receipt.outputs.map(\.path)
                (duration, frames, seconds) = (receipt.duration ?? job.seconds, receipt.frames, receipt.seconds)
                (host, seen) = (receipt.host, receipt.seen)
            case .bad(let receipt):
                self.state = .bad
                problem = receipt.problem
                (seconds, host) = (receipt.seconds, receipt.host)
            case .open(.missing): self.state = .missing
            case .open(let reason):
                self.state = .stale
                problem = reason.rawValue
            case .newer:
                self.state = .stale
                problem = "a newer camstream made it"
            }
        }
    }

    package let rows: [Row]
    package let head: PlanHead

    /// Reads the receipts of a plan.
    package init(_ plan: Plan) throws {
        head = plan.head
        let (folder, prints) = (plan.head.folder, plan.head.fingerprints)
        let found = Mutex<[String: Row]>([:])
        let order = Mutex<[String]>([])
        try plan.visitJobs { job in order.withLock { $0.append(job.id) } }
        try plan.forEachGroup { jobs in
            let rows = jobs.map { ($0.id, Row($0, JobState($0, in: folder, prints))) }
            found.withLock { found in
                for (id, row) in rows { found[id] = row }
            }
        }
        let byID = found.withLock { $0 }
        rows = order.withLock { $0.compactMap { byID[$0] } }
    }

    init(_ rows: [Row], _ head: PlanHead) { (self.rows, self.head) = (rows, head) }

    /// JSON; pictures are left out.
    package var json: String {
        get throws {
            try JSONText.pretty.text(
                rows.map { row in
                    var plain = row
                    plain.seen?.picture = nil
                    return plain
                })
        }
    }

    /// Comma-separated values (RFC 4180): a line for each class of each recording, and one for a recording without any.
    package var csv: String {
        var text = Self.columns.joined(separator: ",") + "\r\n"
        for row in rows {
            let head = [
                row.input, row.state.rawValue, row.problem ?? "", Self.text(row.duration),
                row.frames.map(String.init) ?? "",
                Self.text(row.seconds), row.host ?? "", Self.text(row.seen?.recognised), Self.text(row.seen?.hot),
                row.seen.map { String($0.changes) } ?? "", row.seen.map { String($0.wavering) } ?? "",
            ]
            let classes = row.seen?.classes ?? []
            let tails =
                classes.isEmpty
                ? [[String](repeating: "", count: 7)]
                : classes.map { seen in
                    [
                        seen.name, Self.text(seen.shown), Self.text(seen.first), Self.text(seen.last),
                        String(seen.times),
                        Self.text(seen.mean), Self.text(seen.highest),
                    ]
                }
            for tail in tails { text += (head + tail).map(Self.field).joined(separator: ",") + "\r\n" }
        }
        return text
    }

    static let columns = [
        "input", "state", "problem", "duration", "frames", "seconds", "host", "recognised", "hot", "changes",
        "wavering",
        "class", "shown", "first", "last", "times", "mean", "highest",
    ]

    private static func text(_ number: Double?) -> String {
        number.map { shortest(($0 * 1000).rounded() / 1000) } ?? ""
    }

    private static func field(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
