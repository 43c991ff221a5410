import Pipeline

/// What was found on this machine, by subject.
struct DoctorReport: Encodable {
    struct Part: Encodable {
        let subject: String
        let findings: [Finding]
    }

    let version = Camstream.version
    let parts: [Part]

    init(_ examinations: [Examination] = Examination.all) {
        parts = examinations.map { Part(subject: $0.subject, findings: $0.look()) }
    }

    private enum CodingKeys: String, CodingKey { case version, parts }

    /// Whether something is missing without which hardly anything goes.
    var hasLack: Bool { parts.contains { $0.findings.contains { $0.level == .lack } } }

    var json: String { get throws { Printable.json(try JSONText.pretty.text(self)) } }

    /// A line for each finding, and one below it for what to do; at most 100 columns where names allow it.
    var text: String {
        let rows = parts.flatMap { part in
            part.findings.enumerated().flatMap { number, finding in
                let subject = number == 0 ? part.subject : ""
                let lines = Self.wrapped(finding.text) + (finding.advice.map { Self.wrapped("→ \($0)") } ?? [])
                return lines.enumerated().map { line, text in
                    [line == 0 ? subject : "", line == 0 ? finding.level.rawValue : "", text]
                }
            }
        }
        let counts: [String] = [(Finding.Level.lack, "missing"), (.note, "to note")].compactMap { level, word in
            let count = parts.flatMap(\.findings).count { $0.level == level }
            return count > 0 ? "\(count) \(word)" : nil
        }
        let end = counts.isEmpty ? "all is well" : counts.joined(separator: ", ")
        return (TextTable(rows).lines + ["", end]).joined(separator: "\n")
    }

    private static let width = 80

    private static func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
