import Foundation
import TestSupport
import Testing

/// Who imports whom: the list in docs/project/architecture.md, the sources and Package.swift say the same.
struct ImportTests {
    private static let stages: Set = ["Capture", "Infer", "Overlay", "Encode", "Serve"]

    /// The list of docs/project/architecture.md.
    private static func documented() throws -> [String: Set<String>] {
        let text = try String(contentsOf: checkout.appending(path: "docs/project/architecture.md"), encoding: .utf8)
        var imports: [String: Set<String>] = [:]
        let section = try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix("Who may import whom") })
        for match in section.matches(of: /(?m)^(\w+) +─▶ (.+)$/) {
            imports[String(match.1)] = Set(match.2.split(separator: ", ").map(String.init)).subtracting(["nothing"])
        }
        return imports
    }

    /// Names of the folders below Sources, which are our own modules.
    private static func modules() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: checkout.appending(path: "Sources").path))
    }

    private static func imports(of module: String, among modules: Set<String>) throws -> Set<String> {
        let folder = checkout.appending(path: "Sources/\(module)")
        var imports: Set<String> = []
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /(?m)^(?:\w+ )?import (?:\w+ )?(\w+)$/) { imports.insert(String(match.1)) }
        }
        return imports.intersection(modules)
    }

    @Test func theListInTheDocsIsWhatTheSourcesImport() throws {
        let (documented, modules) = (try Self.documented(), try Self.modules())
        #expect(documented.count > 10)
        for (module, expected) in documented {
            #expect(try Self.imports(of: module, among: modules) == expected, "imports of \(module)")
        }
        // What is not listed is a C module.
        let unlisted = modules.subtracting(documented.keys)
        #expect(unlisted.allSatisfy { $0.hasPrefix("C") }, "\(unlisted.sorted())")
    }

    @Test func thePackageDeclaresWhatTheSourcesImport() throws {
        let package = try String(contentsOf: checkout.appending(path: "Package.swift"), encoding: .utf8)
        let modules = try Self.modules()
        for (module, expected) in try Self.documented() where module != "camstream" {
            let pattern = try Regex(#"target\(\s*"\#(module)",\s*\[([^\]]*)\]"#, as: (Substring, Substring).self)
            let declared = try #require(package.firstMatch(of: pattern), "Package.swift has no target \(module)").output
                .1
            let names = Set(declared.matches(of: /"(\w+)"/).map { String($0.1) })
            #expect(names.intersection(modules) == expected, "Package.swift on \(module)")
        }
    }

    @Test func noStageImportsAStage() throws {
        for (module, imports) in try Self.documented() where Self.stages.contains(module) {
            #expect(imports.isDisjoint(with: Self.stages), "\(module)")
        }
    }
}
