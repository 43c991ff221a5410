/// The number of a text that is the same in each run and on each machine, which `hashValue` is not: FNV-1a, 64 bits (Fowler, Noll, Vo).
package enum StableHash {
    /// - Parameter start: other numbers for the same texts.
    package static func of(_ text: String, from start: UInt64 = 0xcbf2_9ce4_8422_2325) -> UInt64 {
        text.utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
