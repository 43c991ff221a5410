import Evaluate
import TestSupport
import Testing

@Suite struct ClassMatchTests {
    private let names = [
        "tench, Tinca tinca", "tabby, tabby cat", "tiger cat", "Egyptian cat", "French bulldog", "boxer", "crane",
        "crane",
        "hotdog, hot dog, red hot",
    ]
    private let files: DataFiles

    init() throws { files = try DataFiles() }

    private func map(_ text: String) throws -> LabelsMap { try LabelsMap(path: try files.write(text, "map.csv")) }

    @Test func namesMatchHoweverTheyAreWritten() throws {
        let match = try ClassMatch(
            ["Egyptian_cat", "TABBY", "hot-dog", "Tinca tinca", "boxer"], names: names, map: nil, synsets: [:])
        #expect(match.numbers == ["Egyptian_cat": 3, "TABBY": 1, "hot-dog": 8, "Tinca tinca": 0, "boxer": 5])
        #expect(match.unmatched.isEmpty)
    }

    @Test func aNameThatTwoClassesHaveMatchesNeither() throws {
        let match = try ClassMatch(["crane"], names: names, map: nil, synsets: [:])
        #expect(match.numbers.isEmpty && match.unmatched.map(\.label) == ["crane"])
    }

    @Test func synsetsMatchByTheirWordsOrTheModelsOwn() throws {
        let words = ["n02123045": "tabby, tabby cat", "n02124075": "Egyptian cat, of the Nile"]
        let match = try ClassMatch(["n02123045", "n02124075", "n00000001"], names: names, map: nil, synsets: words)
        #expect(match.numbers == ["n02123045": 1, "n02124075": 3])
        #expect(match.unmatched.map(\.label) == ["n00000001"])
        let own = try ClassMatch(["n02123045"], names: ["n01440764 tench", "n02123045 tabby"], map: nil, synsets: [:])
        #expect(own.numbers == ["n02123045": 1])
    }

    @Test func whatDoesNotMatchHasSuggestions() throws {
        let match = try ClassMatch(["american_bulldog", "Egiptian cat", "cat"], names: names, map: nil, synsets: [:])
        #expect(
            match.unmatched.map(\.near) == [
                ["French bulldog"], ["Egyptian cat", "tabby", "tiger cat"], ["tabby", "tiger cat", "Egyptian cat"],
            ])
    }

    @Test func aMappingWins() throws {
        let map = try map(
            "# of a test\nAbyssinian,Egyptian cat\nBengal: 2\nboxer\ttabby\n\nn02123045 tabby, tabby cat\n")
        let match = try ClassMatch(
            ["Abyssinian", "Bengal", "boxer", "n02123045", "tench"], names: names, map: map, synsets: [:])
        #expect(match.numbers == ["Abyssinian": 3, "Bengal": 2, "boxer": 1, "n02123045": 1, "tench": 0])
    }

    @Test func aWrongMappingIsToldWithItsLine() throws {
        func expect(_ text: String, _ words: String) throws {
            let error = #expect(throws: DataError.self) {
                _ = try ClassMatch(["a"], names: names, map: try map(text), synsets: [:])
            }
            #expect("\(try #require(error))".contains(words), "\(error!)")
        }
        try expect(
            "b,tench\na,French buldog\n", "line 2: the model has no class 'French buldog'; near it are 'French bulldog'"
        )
        try expect("a,900\n", "no class '900'")
        try expect("a tench\n", "line 1: 'a tench' is not name,class")
        try expect("a,1\na,2\n", "line 2: 'a' stands in line 1, too")
        try expect("a,\n", "a name or a class is missing")
    }
}
