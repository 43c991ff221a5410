/// A named part of a recording.
package struct Chapter: Sendable, Equatable {
    /// Microseconds from the recording's start.
    package let start: Int64
    package let end: Int64
    /// Such as "title".
    package let metadata: [String: String]

    package init(start: Int64, end: Int64, metadata: [String: String]) {
        self.start = start
        self.end = end
        self.metadata = metadata
    }
}
