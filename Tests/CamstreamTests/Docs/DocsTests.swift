import ArgumentParser
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import camstream

/// What the documentation and the messages say is there, is there.
struct DocsTests {
    private static let pages: [URL] = {
        let files = FileManager.default
        let docs = checkout.appending(path: "docs")
        let names = (try? files.subpathsOfDirectory(atPath: docs.path)) ?? []
        return ["README.md", "CONTRIBUTING.md"].map { checkout.appending(path: $0) }
            + names.filter { $0.hasSuffix(".md") }.sorted().map { docs.appending(path: $0) }
    }()

    private static func text(_ url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }

    private static func options(_ text: some StringProtocol) -> Set<String> {
        Set(String(text).matches(of: /(?:^|[^-\w])(--[a-z][a-z0-9-]+)/).map { String($0.1) })
    }

    /// All that `--help` of the program and of its commands tells.
    private static func optionsOfTheProgram() -> Set<String> {
        var options: Set<String> = ["--help", "--version", "--color", "--generate-completion-script"]
        var commands: [any ParsableCommand.Type] = [Camstream.self]
        while let command = commands.popLast() {
            options.formUnion(self.options(command.helpMessage()))
            commands += command.configuration.subcommands
        }
        return options
    }

    /// Options of other programs that the pages name: of ours for developers, of Swift's tools, of Slurm's.
    private static let foreign: Set<String> = [
        "--only", "--strict", "--soak-minutes", "--rounds", "--frame", "--count", "--clip", "--methods-python",
        "--filter", "--from", "--kills", "--minutes", "--browsers", "--seed", "--target", "--list",
        "--signal", "--batch", "--constraint", "--task",
        // An example of how to add one.
        "--tally",
    ]

    /// What the sources whose names begin with it tell Slurm's programs.
    private static let ofSlurm: Set<String> = [
        "--allocations", "--array", "--cpus-per-task", "--dependency", "--format", "--job-name", "--nodes",
        "--noheader",
        "--ntasks", "--open-mode", "--output", "--parsable", "--parsable2", "--signal", "--starttime",
    ]

    @Test func everyBoundaryHasTestsThatAreThere() throws {
        var functions: Set<String> = []
        let tests = FileManager.default.enumerator(
            at: checkout.appending(path: "Tests"), includingPropertiesForKeys: nil)
        for case let file as URL in try #require(tests) where file.pathExtension == "swift" {
            functions.formUnion(try Self.text(file).matches(of: /func ([a-z][A-Za-z0-9]+)\(/).map { String($0.1) })
        }
        let page = try Self.text(checkout.appending(path: "docs/reference/security.md"))
        var named = 0
        for line in page.split(separator: "\n") {
            let cells = line.split(separator: "|")
            guard line.hasPrefix("|"), cells.count == 3 else { continue }
            for name in cells[2].matches(of: /`([A-Za-z0-9]+)`/) {
                #expect(
                    functions.contains(String(name.1)),
                    "docs/reference/security.md names a test that does not exist")
                named += 1
            }
        }
        #expect(named > 30)
    }

    @Test func everyOptionInTheDocsIsOneOfTheProgram() throws {
        let known = Self.optionsOfTheProgram().union(Self.foreign)
        #expect(Self.pages.count > 10 && known.contains("--sidecar") && known.contains("--at"))
        for page in Self.pages {
            let unknown = Self.options(try Self.text(page)).subtracting(known)
            #expect(unknown.isEmpty, "\(page.lastPathComponent) names options that do not exist")
        }
    }

    @Test func everyOptionInAMessageIsOneOfTheProgram() throws {
        // The parts of a multipart stream are told apart by a line that looks like an option; with the others the program
        // and its parser talk to each other.
        let known = Self.optionsOfTheProgram().union(["--frame", "--experimental-dump-help", "--no-"])
        let sources = checkout.appending(path: "Sources")
        var read = 0
        for case let file as URL in try #require(
            FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        where file.pathExtension == "swift" {
            read += 1
            let foreign = file.lastPathComponent.hasPrefix("Slurm") ? Self.ofSlurm : []
            let unknown = Self.options(try Self.text(file)).subtracting(known).subtracting(foreign)
            #expect(unknown.isEmpty, "\(file.lastPathComponent) names options that do not exist")
        }
        #expect(read > 200)
    }

    @Test func thePageOnBuildingNamesEveryLibraryThatTheSetUpInstalls() throws {
        let setup = try Self.text(checkout.appending(path: "scripts/setup.sh"))
        let page = try Self.text(checkout.appending(path: "docs/project/build.md"))
        let packages = Set(setup.matches(of: /\blib[a-z0-9.-]+-dev\b|zlib1g-dev/).map { String($0.0) })
        #expect(packages.count > 10)
        for package in packages { #expect(page.contains(package), "docs/project/build.md does not name \(package)") }
    }

    /// Runs a program in the checkout, which must end well.
    private func run(_ words: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = checkout
        let said = Pipe()
        (process.standardOutput, process.standardError) = (said, said)
        try process.run()
        let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        return text
    }

    @Test func everyLinkLeadsToSomethingThatIsThere() throws {
        #expect(try run("python3", "packaging/check-links.py", ".").isEmpty)
    }

    @Test func theExamplesOfHowTosFitTheSources() throws {
        let page = "docs/project/extending.md"
        #expect(try run("python3", "Tests/HowTo/examples.py", "check", page).isEmpty)
        #expect(try run("python3", "Tests/HowTo/examples.py", "tests", page).split(separator: "\n").count >= 5)
    }

    @Test func theVersionIsKnownWithoutABuild() throws {
        #expect(try run("packaging/version.sh") == "\(Camstream.version)\n")
    }
}
