import Daemon
import Foundation
import Glibc
import TestSupport
import Testing

/// What only a process of its own shows: inherited variables and descriptors, and signals.
@Suite(.timeLimit(.minutes(30))) struct ProbeTests {
    /// A service that runs as long as its standard input is open.
    private final class Service {
        private let process = Process()
        private let input = Pipe()
        private let output = Pipe()

        /// - Parameter script: of sh; "$probe" is the service. It sets what must name its own process.
        init(_ script: String, input handle: FileHandle? = nil, environment: [String: String] = [:]) throws {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", script]
            process.environment = environment.merging(["probe": Self.probe]) { $1 }
            process.standardInput = handle ?? input
            process.standardOutput = output
            try process.run()
        }

        func hangUp() { kill(process.processIdentifier, SIGHUP) }

        /// Ends its input and waits for it.
        func finish() throws -> (status: Int32, lines: [String]) {
            try input.fileHandleForWriting.close()
            let bytes = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            return (process.terminationStatus, lines)
        }

        private static let probe = URL(fileURLWithPath: CommandLine.arguments[0])
            .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("daemon-probe").path
    }

    @Test func aServiceTakesItsVariablesAndLeavesNone() throws {
        let folder = try TemporaryFolder()
        let receiver = try NotifyReceiver(folder.file("notify"))
        let service = try Service(
            "WATCHDOG_PID=$$ exec \"$probe\"",
            environment: [
                "NOTIFY_SOCKET": receiver.name, "WATCHDOG_USEC": "30000000", "LISTEN_FDS": "1", "LISTEN_PID": "1",
                "LISTEN_FDNAMES": "http",
            ])
        #expect(try receiver.next() == ["READY=1", "STATUS=probing"])
        let (status, lines) = try service.finish()
        #expect(lines == ["variables left: []", "watchdog: 30.0 seconds"])
        #expect(status == 0)
        #expect(try receiver.next() == ["STOPPING=1"])
    }

    @Test func eachHangupIsAReload() throws {
        let folder = try TemporaryFolder()
        let receiver = try NotifyReceiver(folder.file("notify"))
        let service = try Service("exec \"$probe\"", environment: ["NOTIFY_SOCKET": receiver.name])
        #expect(try receiver.next().first == "READY=1")
        for _ in 1...2 {
            service.hangUp()
            #expect(try receiver.next().first == "RELOADING=1")
            #expect(try receiver.next() == ["READY=1", "STATUS=reloaded"])
        }
        #expect(try service.finish().status == 0)
    }

    @Test func aServiceAnswersOnTheSocketThatItInherited() throws {
        let (listening, port) = try listener()
        let service = try Service(
            "LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=http exec \"$probe\" 3<&0 </dev/null",
            input: FileHandle(fileDescriptor: listening, closeOnDealloc: true))
        #expect(try greeting(port) == "hello")
        let (status, lines) = try service.finish()
        #expect(lines.contains("socket 3, close-on-exec true"))
        #expect(status == 0)
    }

    @Test func aServiceThatInheritsNoSocketEndsAsWronglyConfigured() throws {
        let service = try Service("LISTEN_PID=$$ LISTEN_FDS=1 exec \"$probe\" 3</dev/null")
        let (status, lines) = try service.finish()
        #expect(
            lines.last
                == "error: descriptor 3 from systemd is no socket: the .socket unit needs ListenStream= alone")
        #expect(status == 78)
    }

    /// A socket that listens on a free port of this machine.
    private func listener() throws -> (descriptor: CInt, port: UInt16) {
        let made = PassedSocket.tcp()  // on all addresses, as it is not bound
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutableBytes(of: &address) {
            getsockname(made, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, &size)
        }
        try #require(made >= 0 && code == 0)
        return (made, UInt16(bigEndian: address.sin_port))
    }

    private func greeting(_ port: UInt16) throws -> String {
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(client) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let code = withUnsafeBytes(of: address) {
            connect(client, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count))
        }
        try #require(code == 0)
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = recv(client, &bytes, bytes.count, Int32(MSG_WAITALL))
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }
}
