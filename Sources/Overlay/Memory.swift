/// Values that stay at one place, for C loops to read and write.
final class Memory<Element: BitwiseCopyable> {
    let start: UnsafeMutablePointer<Element>
    let count: Int

    init(_ values: [Element]) {
        count = values.count
        start = .allocate(capacity: count)
        start.initialize(from: values, count: count)
    }

    deinit { start.deallocate() }
}
