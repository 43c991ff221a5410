import Daemon
import Foundation
import TestSupport
import Testing

@Suite struct ServiceExitTests {
    private let unit: String

    init() throws {
        let file = checkout.appendingPathComponent("packaging/camstream@.service")
        unit = try String(contentsOf: file, encoding: .utf8)
    }

    private func value(_ key: String) throws -> String {
        let line = try #require(unit.split(separator: "\n").first { $0.hasPrefix("\(key)=") })
        return String(line.dropFirst(key.count + 1))
    }

    @Test func theUnitStartsAgainUnlessThatChangesNothing() throws {
        #expect(try value("Restart") == "on-failure")
        let codes = try value("RestartPreventExitStatus").split(separator: " ").compactMap { Int32($0) }
        #expect(codes == ServiceExit.allCases.filter(\.isFinal).map(\.rawValue))
    }

    @Test func theDocumentationListsEveryCode() throws {
        let page = try String(
            contentsOf: checkout.appendingPathComponent("docs/guides/daemon.md"), encoding: .utf8)
        for exit in ServiceExit.allCases {
            #expect(
                page.contains("\n| \(exit.rawValue) | \(exit.isFinal ? "no" : exit == .done ? "no need" : "yes") |"))
        }
    }
}
