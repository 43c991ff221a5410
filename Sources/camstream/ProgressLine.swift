import Glibc
import Infer
import Pipeline
import Synchronization

/// One line on a terminal that is drawn over itself while frames go by. Elsewhere it draws nothing.
final class ProgressLine: Sendable {
    /// Ends a line that may be on the terminal, before another is written.
    static var clear: String { isDrawn.load(ordering: .relaxed) ? startOfLine : "" }
    /// The cursor goes there, and what follows is erased.
    private static let startOfLine = "\r\u{1B}[K"

    private static let isDrawn = Atomic<Bool>(false)
    private let total = Mutex<Int?>(nil)
    private let start = ContinuousClock.now
    private let isShown: Bool
    private let lastDrawn = Mutex<ContinuousClock.Instant?>(nil)

    init(isShown: Bool) {
        self.isShown = isShown && isatty(STDERR_FILENO) == 1
    }

    deinit { erase() }

    /// - Parameter frames: how many will come, where it is known or estimated.
    func expect(frames: Int?) { total.withLock { $0 = frames } }

    /// Draws, at most four times a second.
    func update(frames: Int, label: String?) {
        let total = total.withLock { $0 }
        draw { seconds in Self.text(frames: frames, total: total, seconds: seconds, label: label) }
    }

    /// Draws how far a slow map is, at most four times a second.
    func note(_ passes: PassMonitor.Count) {
        draw { _ in Self.text(passes) }
    }

    /// Such as "Score-CAM: 320/1281 passes  25 %".
    static func text(_ passes: PassMonitor.Count) -> String {
        "\(passes.method): \(passes.done)/\(passes.total) passes  \(100 * passes.done / max(passes.total, 1)) %"
    }

    /// Draws a text that is made of the seconds since the start, at most four times a second.
    func draw(_ text: (_ seconds: Double) -> String) {
        guard isShown else { return }
        let now = ContinuousClock.now
        let isDue = lastDrawn.withLock { last in
            if let last, now - last < .milliseconds(250) { return false }
            last = now
            return true
        }
        guard isDue else { return }
        let line = text((now - start) / .seconds(1))
        Self.isDrawn.store(true, ordering: .relaxed)
        Self.write(Self.startOfLine, Printable.line(line).prefix(Self.columns - 1))
    }

    func erase() {
        Self.write(Self.clear, "")
        Self.isDrawn.store(false, ordering: .relaxed)
    }

    /// Such as "120/300 frames  40 %  61 fps  ETA 0:03  Egyptian cat".
    static func text(frames: Int, total: Int?, seconds: Double, label: String?) -> String {
        let rate = seconds > 0 ? Double(frames) / seconds : 0
        var parts: [String] = []
        if let total, total >= frames, total > 0 {
            parts = ["\(frames)/\(total) frames", "\(100 * frames / total) %"]
        } else {
            parts = ["\(frames) frames"]
        }
        parts.append("\(Int(rate.rounded())) fps")
        if let total, total >= frames, rate > 0 {
            parts.append("ETA \(time(Double(total - frames) / rate))")
        }
        if let label { parts.append(label) }
        return parts.joined(separator: "  ")
    }

    /// Such as "0:03".
    static func time(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        return "\(whole / 60):\(whole % 60 < 10 ? "0" : "")\(whole % 60)"
    }

    private static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
        return Int(size.ws_col)
    }

    private static func write(_ control: String, _ text: Substring) {
        guard !control.isEmpty else { return }
        StandardError.write(String(text), after: control, isLine: false)
    }
}
