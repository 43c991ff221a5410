import Testing

@testable import Pipeline

/// A YAML text that stands for more than it holds is refused before anything is made of it.
@Suite(.timeLimit(.minutes(30))) struct YAMLBoundsTests {
    private struct Colour: Decodable, Equatable {
        var red = 0
        var name: String?
    }

    /// Aliases of aliases: each list holds the one before twice.
    private static func doubled(_ times: Int) -> String {
        "l0: &l0 [a, a]\n" + (1...times).map { "l\($0): &l\($0) [*l\($0 - 1), *l\($0 - 1)]\n" }.joined()
    }

    private func problem(of text: String) -> String? {
        do throws(ConfigError) {
            _ = try YAMLFile.decode([String: Colour].self, text: text, name: "c.yaml")
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func aliasesAndMergedKeysHold() throws {
        let text = "first: &it {red: 3, name: brick}\nsecond: *it\nthird: {<<: *it, red: 4}\n"
        let colours = try YAMLFile.decode([String: Colour].self, text: text, name: "c.yaml")
        #expect(colours["second"] == Colour(red: 3, name: "brick"))
        #expect(colours["third"] == Colour(red: 4, name: "brick"))
    }

    @Test(arguments: ["? *l28\n: x\n", "? [*l28]\n: x\n", "? {a: *l28}\n: x\n", "{*l28 : x}: y\n"])
    func aKeyIsOneWord(_ key: String) {
        let refusal = "a key must be one word, and no list, no keys with values and no alias"
        for times in [1, 12] {
            let text = Self.doubled(times) + key.replacing("l28", with: "l\(times)")
            #expect(problem(of: text)?.hasSuffix(refusal) == true, "\(problem(of: text) ?? "taken")")
        }
        #expect(problem(of: "[a, b]: {red: 1}") == "c.yaml: not taken as settings: line 1, column 1: \(refusal)")
    }

    @Test func whatAliasesStandForCounts() {
        #expect(problem(of: Self.doubled(17))?.contains("there are more than 200000 values") == true)
        let many = "a: &a x\nb: [" + [String](repeating: "*a", count: 1001).joined(separator: ", ") + "]\n"
        #expect(problem(of: many)?.hasSuffix("there are more than 1000 aliases") == true)
        let chain = "l0: &l0 [a]\n" + (1...40).map { "l\($0): &l\($0) [*l\($0 - 1)]\n" }.joined()
        #expect(problem(of: chain)?.hasSuffix("it is nested more than 32 deep") == true)
        let names = "names: [" + [String](repeating: "a", count: 200_001).joined(separator: ",") + "]\n"
        #expect(problem(of: names)?.contains("there are more than 200000 values") == true)
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "]) func deepNestingIsRefused(_ opening: String) {
        for count in [33, 1_000_000] {
            #expect(problem(of: String(repeating: opening, count: count)) != nil)
        }
    }

    @Test func aTextHasAGreatestLength() {
        let problem = problem(of: "#" + String(repeating: " ", count: YAMLBounds.largestText))
        #expect(problem == "c.yaml: not taken as settings: it is longer than 4 MiB")
    }

    @Test(arguments: ["a: *b", "a: &a [*a]", "a: [", "\t- a: b", "a: b\n---\n*c : d\n", ""])
    func whatIsNoYAMLIsToldByTheParser(_ text: String) {
        #expect(problem(of: text)?.contains("not taken as settings") != true)
        #expect(problem(of: text) != nil)
    }
}
