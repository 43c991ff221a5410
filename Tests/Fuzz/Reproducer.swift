import Foundation
import Glibc

/// Keeps the input at hand, and writes it to a file when a signal ends the program.
enum Reproducer {
    private static let room = 1 << 22
    nonisolated(unsafe) private static let bytes = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 16)
    nonisolated(unsafe) private static var length = 0
    nonisolated(unsafe) private static var number: UInt64 = 0
    nonisolated(unsafe) private static var path: UnsafeMutablePointer<CChar>?
    /// What is said, with room for two numbers.
    nonisolated(unsafe) private static var message = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 1)

    static func arm(folder: String) {
        path = strdup("\(folder)/fuzz-crash.bin")
        let text = "fuzz: signal         at input                     ; it is in fuzz-crash.bin\n"
        message = .allocate(byteCount: text.utf8.count, alignment: 1)
        message.copyBytes(from: text.utf8)
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM, SIGPROF] {
            signal(number) { Reproducer.write($0) }
        }
    }

    static func hold(_ data: Data, number: UInt64) {
        length = min(room, data.count)
        data.withUnsafeBytes { from in
            if let start = from.baseAddress { bytes.copyMemory(from: start, byteCount: length) }
        }
        Reproducer.number = number
    }

    /// Ends the program by a signal after so much time of the processor, which a busy machine does not use up, or twelve times
    /// that on the clock, for what waits for ever.
    ///
    /// - Parameter seconds: 0: no longer.
    static func limit(seconds: UInt32) {
        var timer = itimerval(it_interval: timeval(), it_value: timeval(tv_sec: Int(seconds), tv_usec: 0))
        setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
        alarm(12 * seconds)
    }

    /// Nothing but system calls.
    private static func write(_ signal: Int32) {
        let file = open(path!, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        _ = Glibc.write(file, bytes, length)
        close(file)
        digits(UInt64(signal), endingAt: 19)
        digits(number, endingAt: 48)
        _ = Glibc.write(2, message.baseAddress, message.count)
        _exit(1)
    }

    private static func digits(_ value: UInt64, endingAt end: Int) {
        var (rest, place) = (value, end)
        repeat {
            message[place] = 48 + UInt8(rest % 10)
            rest /= 10
            place -= 1
        } while rest > 0
    }
}
