import Testing

@testable import Fit

struct NearDuplicatesTests {
    /// Random rows; of some it knows a copy that is shaken a little.
    private static func table(_ count: Int, copies: [Int: Int]) -> FeatureTable {
        let blobs = Blobs([count], width: 40, distance: 0)
        var table = FeatureTable(width: 40)
        for row in 0..<count {
            let source = copies[row].map { original in blobs.table[original].map { $0 * 1.02 - 0.03 } }
            table.append(source ?? Array(blobs.table[row]), example: row)
        }
        return table
    }

    @Test func copiesAreFoundAlsoFarApart() throws {
        // Three tiles of 512.
        let table = Self.table(1100, copies: [7: 3, 1050: 3, 900: 600])
        let found = try NearDuplicates(table, groups: Array(0..<1100), threads: 2)
        #expect(Set(found.pairs.map { [$0.first, $0.second] }) == [[3, 7], [3, 1050], [7, 1050], [600, 900]])
        #expect(found.pairCount == 4)
        #expect(found.pairs.allSatisfy { $0.cosine > 0.99 && $0.cosine <= 1 })
        #expect(found.pairs.map(\.cosine) == found.pairs.map(\.cosine).sorted(by: >))
        #expect([3, 7, 1050].allSatisfy { found.groups[$0] == 3 })
        #expect(found.groups[900] == 600)
        #expect(found.groups[5] == 5)
    }

    @Test func whatBelongsTogetherAlreadyIsNotTold() throws {
        let table = Self.table(60, copies: [10: 9, 11: 9, 50: 9])
        let groups = (0..<60).map { (9...11).contains($0) ? 500 : $0 }
        let found = try NearDuplicates(table, groups: groups, threads: 1)
        #expect(found.pairs.map(\.second) == [50, 50, 50])
        #expect([10, 11, 50].allSatisfy { found.groups[$0] == 9 })
    }

    @Test func threadsChangeNothing() throws {
        let table = Self.table(1100, copies: [7: 3, 1050: 3, 900: 600])
        let one = try NearDuplicates(table, groups: Array(0..<1100), threshold: 0.3, threads: 1)
        #expect(one.pairs.count > 10)
        #expect(try NearDuplicates(table, groups: Array(0..<1100), threshold: 0.3, threads: 4) == one)
    }

    @Test func picturesThatAreAllTheSameAreOneGroup() throws {
        var table = FeatureTable(width: 3)
        for row in 0..<5 { table.append([1, 2, 3], example: row) }
        // Nothing is left of them less their mean.
        #expect(try NearDuplicates(table, groups: Array(0..<5)).groups == [0, 0, 0, 0, 0])
    }

    @Test func noRowsHaveNoPairs() throws {
        #expect(try NearDuplicates(FeatureTable(width: 3), groups: []).groups.isEmpty)
    }

    @Test func itCanBeCancelled() {
        #expect(throws: HeadError.cancelled) {
            try NearDuplicates(Self.table(60, copies: [:]), groups: Array(0..<60), isCancelled: { true })
        }
    }
}
