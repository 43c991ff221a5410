import Foundation
import TestSupport
import Testing

/// `camstream doctor`, with the built program.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct DoctorCommandTests {
    @Test func allOfThisMachineIsToldAndNothingIsMissing() throws {
        let run = try Program.run(["doctor"])
        #expect(run.status == 0, "\(run.standardError)")
        for subject in [
            "program", "processor", "memory", "engine", "FFmpeg", "cameras", "models", "folders", "fonts", "server",
        ] {
            #expect(run.standardOutput.contains("\n\(subject) ") || run.standardOutput.hasPrefix(subject), "\(subject)")
        }
        #expect(run.standardOutput.contains("OpenVINO 20") && run.standardOutput.contains("CPU"))
        #expect(run.standardOutput.split(separator: "\n").allSatisfy { $0.count <= 120 }, "\(run.standardOutput)")
    }

    @Test func programsReadItAsJSON() throws {
        let run = try Program.run(["doctor", "--json"])
        let report = try JSONSerialization.jsonObject(with: Data(run.standardOutput.utf8)) as? [String: Any]
        let parts = try #require(report?["parts"] as? [[String: Any]])
        #expect(parts.count == 10 && report?["version"] is String)
        for part in parts {
            let findings = try #require(part["findings"] as? [[String: Any]])
            #expect(findings.allSatisfy { ["ok", "note", "lack"].contains($0["level"] as? String) })
        }
    }
}
