import Foundation
import Pipeline

/// Who has a lock: written into it.
package struct LockOwner: Codable, Sendable, Equatable {
    var host: String
    /// Tells the numbers of processes from those of other starts of the machine, and of other containers.
    var space: String
    var process: Int32
    /// Clock ticks from the machine's start to the process's: a number may be another process's later.
    var started: String
    /// Of this lock alone.
    var nonce: UInt64

    package init() {
        host = Machine.this.host
        (space, process) = (Self.thisSpace, getpid())
        started = Self.start(of: getpid()) ?? ""
        nonce = UInt64.random(in: 0...UInt64(1 << 52))
    }

    /// Of the same length for all beats.
    func line(beat: Int) -> [UInt8] {
        var line = JSONLine()
        line.object { line in
            line.key("host") { $0.string(host) }
            line.key("space") { $0.string(space) }
            line.key("process") { $0.number(Int(process)) }
            line.key("started") { $0.string(started) }
            line.key("nonce") { $0.number(Int(nonce)) }
            line.key("beat") { $0.string(String(format: "%012d", beat)) }
        }
        line.end()
        return line.bytes
    }

    /// Whether it was a process of this machine that is no more.
    var isDead: Bool {
        guard space == Self.thisSpace, !space.isEmpty else { return false }
        // It is there, and another user's.
        if kill(process, 0) != 0 { return errno == ESRCH }
        // Where it cannot be asked, its number says that it lives.
        return Self.start(of: process).map { $0 != started } ?? Self.isZombie(process)
    }

    private static let thisSpace: String = {
        let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
        var bytes = [CChar](repeating: 0, count: 256)
        guard !boot.isEmpty, readlink("/proc/self/ns/pid", &bytes, 255) > 0 else { return "" }
        let space = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(boot.trimmingCharacters(in: .whitespacesAndNewlines)) \(space)"
    }()

    /// nil: there is no such process.
    private static func start(of process: Int32) -> String? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        // Field 22; the third is the first one behind the name, which may hold anything.
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 19 && fields[0] != "Z" ? String(fields[19]) : nil
    }

    private static func isZombie(_ process: Int32) -> Bool {
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        return text[(text.lastIndex(of: ")") ?? text.startIndex)...].hasPrefix(") Z")
    }
}
