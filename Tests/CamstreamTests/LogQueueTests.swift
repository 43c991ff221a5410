import Glibc
import TestSupport
import Testing

@testable import camstream

@Suite(.timeLimit(.minutes(30))) struct LogQueueTests {
    /// Reads until a text has come.
    private func read(_ descriptor: Int32, upTo isAll: (String) -> Bool) -> String {
        var (text, buffer) = ("", [UInt8](repeating: 0, count: 1 << 16))
        while !isAll(text) {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        return text
    }

    @Test func nobodyWaitsForTheReaderAndEachLineIsReadOrCounted() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let queue = try LogQueue(ends[1], capacity: 10_000)
        let dots = String(repeating: ".", count: 990)
        for number in 0..<200 { queue.write("\(number) \(dots)\n") }
        queue.write("progress", isLine: false)
        // Nobody reads, so the time ends it.
        queue.flush(within: 10)
        let lost = queue.lost
        #expect((1..<200).contains(lost))
        func told(_ text: String) -> Int {
            text.matches(of: #/(\d+) lines of this log are lost/#).reduce(0) { $0 + Int($1.1)! }
        }
        let text = read(ends[0]) { $0.count { $0 == "\n" } >= 200 - lost && told($0) == lost }
        let numbers = text.split(separator: "\n").filter { $0.hasSuffix(dots) }.map { Int($0.prefix { $0 != " " })! }
        #expect(numbers.count == 200 - lost)
        #expect(numbers == numbers.sorted())
        // The pipe flows again.
        queue.write("last\n")
        queue.flush(within: 60_000)
        #expect(read(ends[0]) { $0.contains("last") } == "last\n")
        close(ends[0])
    }
}
