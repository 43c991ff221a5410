package import Foundation
import Pipeline
package import Reports

/// What was made of a recording, by what, and how to check it: the file beside the results that is written last. A job is
/// done when its receipt fits.
package struct Receipt: Codable, Sendable, Equatable {
    /// Raised when readers of an earlier one would misread a receipt.
    package static let newestFormat = 1
    /// Of the name of its file, which begins with that of the first result.
    package static let ending = ".camstream.json"

    package var format = Self.newestFormat
    package var id: String
    /// 0: done; 65: the input is bad.
    package var exit: Int32
    /// What is wrong with the input, in one line; nil: nothing.
    package var problem: String?
    /// nil: an address, or a file that is not there.
    package var input: InputStamp?
    /// The version of the program, and what its model and settings come to (`PlanHead.Fingerprints`).
    package var camstream: String
    package var model: String
    package var settings: String
    package var outputs: [Output] = []
    /// Explained, and damaged packets.
    package var frames = 0
    package var corrupt = 0
    /// Of the recording: how long it lasts; and how long the work took.
    package var duration: Double?
    package var seconds: Double
    /// Who did it. Results are the same, byte for byte, on processors of the same kind; on others maps agree to about 1e-5.
    package var host: String
    package var processor: String
    package var precision: String?
    /// What was seen, for the report of the batch.
    package var seen: RecordingDigest?

    /// A result that was written.
    package struct Output: Codable, Sendable, Equatable {
        /// Below the plan's folder.
        package var path: String
        package var size: Int
        package var sha256: String

        package init(path: String, size: Int, sha256: String) {
            (self.path, self.size, self.sha256) = (path, size, sha256)
        }
    }

    package init(
        id: String, exit: Int32, input: InputStamp?, by prints: PlanHead.Fingerprints, seconds: Double,
        machine: Machine = .this
    ) {
        (self.id, self.exit, self.input, self.seconds) = (id, exit, input, seconds)
        (camstream, model, settings) = (prints.camstream, prints.model, prints.settings)
        (host, processor) = (machine.host, machine.processor)
    }

    /// Whether the same program, model and settings made it.
    func isBy(_ prints: PlanHead.Fingerprints) -> Bool {
        (camstream, model, settings) == (prints.camstream, prints.model, prints.settings)
    }

    /// What a file of that name says.
    package enum Reading: Sendable, Equatable {
        case receipt(Receipt)
        case missing
        /// A program that is newer than this one wrote it.
        case newer(format: Int)
        /// It says nothing: half a file, or another one's.
        case unreadable
    }

    package static func read(_ path: String) -> Reading {
        struct Format: Decodable { var format: Int }
        guard let bytes = FileManager.default.contents(atPath: path) else {
            return access(path, F_OK) == 0 ? .unreadable : .missing
        }
        let decoder = JSONDecoder()
        if let receipt = try? decoder.decode(Receipt.self, from: bytes), receipt.format <= newestFormat {
            return .receipt(receipt)
        }
        guard let format = (try? decoder.decode(Format.self, from: bytes))?.format, format > newestFormat else {
            return .unreadable
        }
        return .newer(format: format)
    }

    /// One line of JSON, its end included.
    package var bytes: Data { get throws { try JSONText.compact.bytes(self) + Data("\n".utf8) } }
}

/// Who does the work.
package struct Machine: Sendable, Equatable {
    package var host: String
    package var processor: String

    package init(host: String, processor: String) { (self.host, self.processor) = (host, processor) }

    package static let this = Machine(host: ProcessInfo.processInfo.hostName, processor: processorName)

    private static var processorName: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        let name = line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
        return name.map { $0.isEmpty ? "unknown" : $0 } ?? "unknown"
    }
}
