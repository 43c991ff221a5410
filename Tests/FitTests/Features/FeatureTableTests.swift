import Fit
import Testing

struct FeatureTableTests {
    private static func table() -> FeatureTable {
        var table = FeatureTable(width: 2)
        table.append([1, 2], example: 0)
        table.append([3, 4], example: 0)
        table.append([5, 6], example: 1)
        return table
    }

    @Test func rowsLieBehindEachOther() {
        let table = Self.table()
        #expect(table.count == 3)
        #expect(table.values == [1, 2, 3, 4, 5, 6])
        #expect(table.examples == [0, 0, 1])
        #expect(Array(table[1]) == [3, 4])
    }

    @Test func chosenRowsKeepTheirExamplesAndTheOrderInWhichTheyAreNamed() {
        let chosen = Self.table().rows([2, 0])
        #expect(chosen.values == [5, 6, 1, 2])
        #expect(chosen.examples == [1, 0])
    }
}
