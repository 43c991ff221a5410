package import Foundation
import Glibc
package import TestSupport

/// Something that reads what comes from outside: whatever that is, it gives a result or an error of one line.
package protocol FuzzTarget {
    static var name: String { get }
    /// One input that takes longer hangs.
    static var seconds: UInt32 { get }
    /// Files, or folders of files, to damage where nothing else is named; none: the target brings its own texts.
    static var corpus: [String] { get }

    init(_ corpus: [Data]) throws
    /// The next damaged input.
    mutating func input(_ noise: inout Noise) -> Data
    /// Reads it; a `Defect` ends the program.
    mutating func take(_ bytes: Data, _ noise: inout Noise)
    /// What got through, so that a report shows how deep the inputs get.
    var depth: String { get }
}

extension FuzzTarget {
    package static var seconds: UInt32 { 5 }
    package static var corpus: [String] { [] }
}

package enum FuzzTargets {
    package static var all: [any FuzzTarget.Type] {
        [
            ModelTarget.self, RequestTarget.self, CardTarget.self, SettingsTarget.self, MetadataTarget.self,
            LabelsTarget.self, RecordingsTarget.self, BoxesTarget.self, MultipartTarget.self, ReplyTarget.self,
            NamesTarget.self, KeptTarget.self, LabelledTarget.self, CommandTarget.self,
        ]
    }
}

enum Defect {
    /// What must hold for every input.
    static func unless(_ isTrue: Bool, _ what: @autoclosure () -> String) {
        guard !isTrue else { return }
        FileHandle.standardError.write(Data("fuzz: \(what())\n".utf8))
        abort()
    }

    /// An error is for people, in one line.
    static func unlessOneLine(_ error: any Error) {
        let text = "\(error)"
        unless(
            !text.contains("\n") && text.utf8.count < 100_000,
            "an error of several lines, or endless: \(text.prefix(2000))")
    }
}
