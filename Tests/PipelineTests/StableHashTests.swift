import Pipeline
import Testing

/// The authors' own values: http://www.isthe.com/chongo/tech/comp/fnv/, FNV-1a with 64 bits.
struct StableHashTests {
    @Test(
        arguments: [
            ("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8),
        ] as [(String, UInt64)]) func itIsFNV1a(text: String, hash: UInt64)
    {
        #expect(StableHash.of(text) == hash)
    }

    @Test func whatCameBeforeCounts() {
        #expect(StableHash.of("bar", from: StableHash.of("foo")) == StableHash.of("foobar"))
    }
}
