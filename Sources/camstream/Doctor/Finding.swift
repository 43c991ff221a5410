/// Something about this machine, and what to do about it.
struct Finding: Encodable, Sendable, Equatable {
    enum Level: String, Encodable, Sendable {
        case ok
        /// Most work goes without it.
        case note
        /// Nothing, or hardly anything, goes without it.
        case lack
    }

    let level: Level
    let text: String
    /// What to do; nil: nothing.
    var advice: String?

    static func ok(_ text: String) -> Finding { Finding(level: .ok, text: text) }
    static func note(_ text: String, _ advice: String? = nil) -> Finding {
        Finding(level: .note, text: text, advice: advice)
    }
    static func lack(_ text: String, _ advice: String) -> Finding {
        Finding(level: .lack, text: text, advice: advice)
    }
}

/// One side of a machine that can be looked at.
struct Examination: Sendable {
    /// As the report heads it.
    let subject: String
    let look: @Sendable () -> [Finding]

    /// In the order of the report.
    static let all: [Examination] = [
        .program, .processor, .memory, .engine, .codecs, .cameras, .models, .folders, .fonts, .server,
    ]
}
