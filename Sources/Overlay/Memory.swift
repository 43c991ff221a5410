/// Values that stay at one place, for C loops to read and write.
final class Memory<Element: BitwiseCopyable> {
    let start: UnsafeMutablePointer<Element>
    let count: Int

    init(_ values: [Element]) {
        count = values.count
        start = .allocate(capacity: count)
        start.initialize(from: values, count: count)
    }

    /// Element by element.
    init(count: Int, _ value: (Int) -> Element) {
        self.count = count
        start = .allocate(capacity: count)
        var index = 0
        while index < count {
            (start + index).initialize(to: value(index))
            index += 1
        }
    }

    deinit { start.deallocate() }
}
