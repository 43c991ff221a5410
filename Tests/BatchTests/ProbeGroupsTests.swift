import Testing

@testable import Batch

@Suite struct ProbeGroupsTests {
    @Test func inputsAreHandedOnInTheirOrderWithWhatIsKnownOfThem() throws {
        var seen: [(String, Double?)] = []
        var groups = ProbeGroups {
            CostEstimate.Facts(duration: Double($0.path))
        } visit: { found, facts in
            seen.append((found.path, facts.duration))
        }
        for number in 0..<1000 { try groups.add(InputList.Found(path: "\(number)", parent: "", stamp: nil)) }
        try groups.finish()
        #expect(seen.map(\.0) == (0..<1000).map(String.init))
        #expect(seen.map(\.1) == (0..<1000).map(Double.init))
    }

    @Test func anErrorOfOneEndsIt() throws {
        var groups = ProbeGroups {
            _ in
            CostEstimate.Facts()
        } visit: { found, _ in
            if found.path == "3" { throw BatchError.noSuchInput("3") }
        }
        for number in 0..<5 { try groups.add(InputList.Found(path: "\(number)", parent: "", stamp: nil)) }
        #expect(throws: BatchError.noSuchInput("3")) { try groups.finish() }
    }
}
