import Daemon
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct ServiceManagerTests {
    private func manager(_ receiver: NotifyReceiver) -> ServiceManager {
        ServiceManager(ServiceVariables(["NOTIFY_SOCKET": receiver.name]))
    }

    @Test(arguments: ["path", "abstract"]) func theServiceManagerIsToldHowThingsAre(_ kind: String) throws {
        let folder = try TemporaryFolder()
        let receiver = try NotifyReceiver(
            kind == "path" ? folder.file("notify") : "@camstream-tests-\(getpid())-\(UUID().uuidString)")
        let manager = manager(receiver)
        #expect(manager.isPresent)
        manager.status("opening /dev/video0")
        #expect(try receiver.next() == ["STATUS=opening /dev/video0"])
        manager.ready(status: "30 frames a second")
        #expect(try receiver.next() == ["READY=1", "STATUS=30 frames a second"])
        manager.ready()
        #expect(try receiver.next() == ["READY=1"])
        manager.watchdogPing()
        #expect(try receiver.next() == ["WATCHDOG=1"])
        manager.extendTimeout(by: .seconds(2.5))
        #expect(try receiver.next() == ["EXTEND_TIMEOUT_USEC=2500000"])
        manager.stopping(status: "closing the recording")
        #expect(try receiver.next() == ["STOPPING=1", "STATUS=closing the recording"])
        #expect(receiver.isEmpty)
    }

    @Test func aServiceManagerThatReadsNothingHoldsUpNobodyAndGetsTheRestLater() throws {
        let folder = try TemporaryFolder()
        let receiver = try NotifyReceiver(folder.file("notify"))
        let manager = manager(receiver)
        receiver.fill()
        manager.ready()
        for number in 1...200 {
            manager.watchdogPing()
            manager.status("picture \(number)")
            manager.extendTimeout(by: .seconds(1))
        }
        manager.stopping(status: "finishing")
        let lines = try receiver.messages(upTo: "STATUS=finishing").filter { $0 != "x" }
        // READY may be on its way already when the others are made; of those the newest count.
        #expect(lines.first == "READY=1")
        #expect(lines.suffix(2) == ["STOPPING=1", "STATUS=finishing"])
        #expect(lines.contains("STATUS=picture 200") && lines.contains("WATCHDOG=1"))
        #expect(lines.count < 10)
    }

    @Test func aReloadTellsTheMonotonicTime() throws {
        let folder = try TemporaryFolder()
        let receiver = try NotifyReceiver(folder.file("notify"))
        var before = timespec()
        clock_gettime(CLOCK_MONOTONIC, &before)
        manager(receiver).reloading()
        var after = timespec()
        clock_gettime(CLOCK_MONOTONIC, &after)
        let lines = try receiver.next()
        #expect(lines.first == "RELOADING=1")
        let time = try #require(lines.last.flatMap { Int($0.replacing("MONOTONIC_USEC=", with: "")) })
        #expect((before.microseconds...after.microseconds).contains(time))
    }

    @Test func aLineBreakInAStatusIsNoFurtherAssignment() throws {
        let folder = try TemporaryFolder()
        let receiver = try NotifyReceiver(folder.file("notify"))
        manager(receiver).status("no signal\nREADY=1\r\nWATCHDOG=1")
        #expect(try receiver.next() == ["STATUS=no signal READY=1 WATCHDOG=1"])
    }

    @Test(arguments: [[:], ["NOTIFY_SOCKET": ""]]) func withoutAServiceManagerNothingHappens(
        _ variables: [String: String]
    ) {
        let failures = Mutex<[DaemonError]>([])
        let manager = ServiceManager(ServiceVariables(variables)) { failure in failures.withLock { $0.append(failure) }
        }
        manager.ready()
        manager.reloading()
        manager.watchdogPing()
        manager.status("serving")
        manager.stopping()
        #expect(!manager.isPresent)
        #expect(manager.watchdogInterval == nil)
        #expect(failures.withLock { $0 } == [])
    }

    @Test(arguments: [
        ("/nowhere/notify", "No such file or directory"),
        ("notify", "it must begin with / or @ and have at most 107 bytes"),
        ("@", "it must begin with / or @ and have at most 107 bytes"),
        ("/" + String(repeating: "x", count: 107), "it must begin with / or @ and have at most 107 bytes"),
    ]) func aSocketThatCannotBeReachedIsToldOnce(_ name: String, _ reason: String) {
        let failures = Mutex<[String]>([])
        let manager = ServiceManager(ServiceVariables(["NOTIFY_SOCKET": name])) { failure in
            failures.withLock { $0.append("\(failure)") }
        }
        manager.ready()
        manager.watchdogPing()
        #expect(
            failures.withLock { $0 } == [
                "cannot tell the service manager how things are, NOTIFY_SOCKET=\(name): \(reason)"
            ])
    }

    @Test(
        arguments: [
            (["WATCHDOG_USEC": "30000000"], Duration.seconds(30)),
            (["WATCHDOG_USEC": "500", "WATCHDOG_PID": "4711"], .microseconds(500)),
            (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "4712"], nil),
            (["WATCHDOG_PID": "4711"], nil),
            ([:], nil),
        ] as [([String: String], Duration?)]) func theWatchdogIsForTheProcessThatIsNamed(
            _ variables: [String: String], _ interval: Duration?
        )
    {
        #expect(ServiceManager(ServiceVariables(variables, processID: 4711)).watchdogInterval == interval)
    }

    @Test(arguments: [
        (["WATCHDOG_USEC": "soon"], "WATCHDOG_USEC is 'soon' and not a number of microseconds"),
        (["WATCHDOG_USEC": "0"], "WATCHDOG_USEC is '0' and not a number of microseconds"),
        (["WATCHDOG_USEC": "1", "WATCHDOG_PID": "me"], "WATCHDOG_PID is 'me' and not a process number"),
    ]) func aWrongIntervalIsToldAndNotWaitedFor(_ variables: [String: String], _ problem: String) {
        let failures = Mutex<[String]>([])
        let manager = ServiceManager(ServiceVariables(variables)) { failure in
            failures.withLock { $0.append("\(failure)") }
        }
        #expect(manager.watchdogInterval == nil)
        #expect(failures.withLock { $0 } == ["\(problem): leave it to systemd to set it"])
    }
}

extension timespec {
    fileprivate var microseconds: Int { tv_sec * 1_000_000 + tv_nsec / 1000 }
}
