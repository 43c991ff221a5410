import Capture
import Engine
import Foundation
import Testing

@testable import camstream

struct ExaminationTests {
    @Test func aProcessorWithoutWideVectorsIsNoted() {
        func look(_ text: String) -> [Finding] { Examination.findings(Processor(description: text), cores: 2) }
        let quick = look("model name : Quick 1\nflags : sse2 avx2 avx512f\n")
        #expect(quick == [.ok("Quick 1, 2 cores: avx2 avx512f")])
        let slow = look("model name : Slow 1\nflags : sse2 sse4_2\n")
        #expect(slow.map(\.level) == [.note] && slow[0].advice != nil)
        // Who tells nothing is not called slow.
        #expect(look("").map(\.level) == [.ok])
        #expect(look("CPU part : 0xd0c\nFeatures : asimd\n").map(\.level) == [.ok])
    }

    @Test func littleMemoryIsNoted() {
        func look(_ free: Int) -> [Finding] {
            Examination.findings(memory: "MemTotal: 4194304 kB\nMemFree: 1 kB\nMemAvailable: \(free) kB\n")
        }
        #expect(look(2 << 20) == [.ok("4096 MB, of which 2048 are available")])
        #expect(look(100 << 10).map(\.level) == [.note])
        #expect(Examination.findings(memory: "").map(\.level) == [.note])
    }

    @Test func whatFFmpegLacksIsToldWithWhatItIsFor() {
        let all = Examination.findings(
            version: "5.1", decodes: { _ in true }, encodes: { _ in true }, reads: { _ in true })
        #expect(all.allSatisfy { $0.level == .ok } && all[0].text.contains("h264"))
        let poor = Examination.findings(
            version: "5.1", decodes: { $0 != "hevc" }, encodes: { $0 != "libx264" }, reads: { _ in false })
        let notes = poor.filter { $0.level == .note }.map(\.text)
        #expect(
            notes.contains { $0.contains("hevc") } && notes.contains { $0.contains("libx264") && $0.contains("MP4") })
        #expect(notes.contains { $0.contains("rtsp") })
    }

    @Test func aCameraThatMayNotBeOpenedIsToldWithItsRemedy() {
        let found = Examination.findings([
            .unreadable(path: "/dev/video7", .permissionDenied(camera: "/dev/video7"))
        ])
        #expect(found.count == 1 && found[0].level == .note && found[0].text.contains("/dev/video7"))
        #expect(found[0].advice?.contains("video") == true)
        #expect(Examination.findings([]).map(\.level) == [.note])
    }

    @Test func aPortThatIsTakenIsNoted() throws {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
                _ = bind(socket, place, size)
                listen(socket, 1)
                getsockname(socket, place, &size)
            }
        }
        let port = Int(UInt16(bigEndian: address.sin_port))
        try #require(port > 0)
        #expect(!Examination.isFree(port: port))
    }

    @Test func aFolderThatCannotBeWrittenIsNoted() {
        #expect(Examination.room(in: "/proc/nothing", what: "this folder").level == .note)
    }

    @Test func theReportCountsWhatIsMissing() throws {
        let report = DoctorReport([
            Examination(subject: "engine") { [.lack("no engine", "get one")] },
            Examination(subject: "fonts") { [.ok("letters"), .note("few letters")] },
        ])
        #expect(report.hasLack)
        #expect(
            report.text.split(separator: "\n").map(String.init) == [
                "engine  lack  no engine", "              → get one", "fonts   ok    letters",
                "        note  few letters",
                "1 missing, 1 to note",
            ])
        let json = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any]
        let parts = try #require(json?["parts"] as? [[String: Any]])
        #expect(parts.map { $0["subject"] as? String } == ["engine", "fonts"])
        #expect(!DoctorReport([]).hasLack && DoctorReport([]).text.hasSuffix("all is well"))
    }
}
