import ArgumentParser
import Testing

@testable import camstream

/// Help is for a terminal of 80 columns, and tells what the parser knows, all of it and once.
struct HelpPageTests {
    private struct Told {
        let path: [String]
        let command: CommandInfo
        var short: String { HelpPage.short(command, path: path).text(coloured: false) }
        var long: String { HelpPage.long(command, path: path).text(coloured: false) }
    }

    private static let all: [Told] = {
        func below(_ command: CommandInfo, _ path: [String]) -> [Told] {
            [Told(path: path, command: command)]
                + command.shownCommands.flatMap { below($0, path + [$0.commandName]) }
        }
        return below(.whole, [])
    }()

    private func lines(_ text: String) -> [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    @Test func noLineIsLongerThanATerminalIsWide() {
        #expect(Self.all.count > 20)
        for told in Self.all {
            for line in lines(told.short) + lines(told.long) { #expect(line.count <= 80, "\(told.path): \(line)") }
        }
        for topic in HelpTopic.allCases {
            for line in lines(topic.page.text(coloured: false)) { #expect(line.count <= 80, "\(topic): \(line)") }
        }
    }

    @Test func theShortHelpIsOneScreen() {
        for told in Self.all { #expect(lines(told.short).count <= 40, "\(told.path)\n\(told.short)") }
    }

    @Test func theLongHelpTellsEveryOptionOnce() {
        for told in Self.all {
            let heads = lines(told.long).filter { $0.hasPrefix("  -") }
                .map { $0.split { " ,/".contains($0) } }
            for option in told.command.shownArguments.flatMap(\.options) where option.hasPrefix("--") {
                #expect(heads.count { $0.contains { $0 == option } } == 1, "\(told.path): \(option)")
            }
        }
    }

    @Test func everyOptionOfTheProgramHasAGroup() throws {
        let root = try #require(Self.all.first).command
        let own = root.shownArguments.filter { $0.group == .own }.map(\.name)
        #expect(own.isEmpty, "HelpGroup.members does not have them")
        let known = Set(Self.all.flatMap { $0.command.shownArguments.map(\.name) })
        for group in HelpGroup.allCases {
            #expect(Set(group.members).isSubset(of: known), "\(group) has options that there are not")
        }
        let groups = root.shownArguments.map(\.group)
        let order = groups.reduce(into: [HelpGroup]()) { if $0.last != $1 { $0.append($1) } }
        #expect(order == HelpGroup.allCases.filter { groups.contains($0) })
    }

    @Test func whatIsUsedDailyExists() throws {
        let names = Set(try #require(Self.all.first).command.shownArguments.map(\.name))
        #expect(HelpGroup.dailyOfCommands.union(HelpGroup.dailyOfService).isSubset(of: names))
    }

    /// It is asked for without its commands' options, which would take long.
    @Test func theProgramByItselfIsTheSame() throws {
        let (alone, whole) = (try #require(CommandInfo.of([])), CommandInfo.whole)
        for page in [HelpPage.short, HelpPage.long] {
            #expect(page(alone, []).text(coloured: false) == page(whole, []).text(coloured: false))
        }
    }

    @Test func noTopicHidesBehindACommand() {
        let commands = Set(Camstream.command.subcommands.compactMap { $0.configuration.commandName })
        #expect(commands.isDisjoint(with: HelpTopic.allCases.map(\.rawValue)))
    }

    @Test(arguments: [
        ("opacity", "Opacity of the heat, 0 to 1. Default: 0.6."),
        ("layout", "One of: overlay, side-by-side, triple, grid, compare. Default: overlay."),
        ("color-bar", "Show the colour bar. Default: --color-bar."),
        ("smoothing", "Allowed: 0 to 60 seconds. Default: 0.4."),
        ("output-tensor", "Example: --output-tensor logits"), ("color", "One of: auto, always, never. Default: auto."),
    ])
    func anOptionTellsItsDefaultAndItsRange(name: String, end: String) throws {
        let root = try #require(Self.all.first).command
        let argument = try #require(root.shownArguments.first { $0.name == name })
        #expect(argument.fullText.hasSuffix(end), "\(argument.fullText)")
    }

    /// A recording has its own.
    @Test func burnPromisesNoDefaultsOfSettings() throws {
        let burn = try #require(CommandInfo.of(["burn"]))
        let settings = burn.shownArguments.filter { SettingFacts.of($0) != nil }
        #expect(settings.count > 8 && settings.allSatisfy { $0.defaultValue == nil })
    }

    /// An option of the same name as the program's may mean another thing.
    @Test func anOptionOfACommandAloneIsAmongItsOwn() throws {
        let evaluate = try #require(CommandInfo.of(["evaluate"]))
        func group(_ name: String) -> HelpGroup? { evaluate.shownArguments.first { $0.name == name }?.group }
        #expect(group("layout") == .own && group("device") == .model && group("quiet") == .program)
    }

    @Test(arguments: [
        ("Colour map.", "Colour map"),
        ("How maps are made; auto: CAM where the model's head allows it", "How maps are made"),
        ("Video (frames, pictures), still picture, URL, and anything else", "Video (frames, pictures), still picture"),
    ])
    func aBriefTextEndsWithAClause(text: String, brief: String) {
        #expect(HelpText.brief(text, upTo: 42) == brief)
    }

    @Test func aLongCommandGoesOnWhereAShellTakesItAsOne() {
        let path = "rec/" + String(repeating: "x", count: 40)
        let rows = HelpText.command("camstream -i clip.mp4 --class \"Egyptian cat\" -o '\(path) y'", indent: 2)
        #expect(rows == ["  camstream -i clip.mp4 --class \"Egyptian cat\" -o \\", "      '\(path) y'"])
    }

    @Test func exitCodesAreReadFromWhatTheProgramSaysOfItself() {
        let list = Discussion(Camstream.command.discussion).exitCodeList
        #expect(list.map(\.codes) == ["0", "64", "65", "69", "73", "130 and 143", "1"])
        #expect(list.first?.meaning == "done" && list.last?.meaning == "any other failure")
    }
}
