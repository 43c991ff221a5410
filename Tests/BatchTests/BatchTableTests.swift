import Foundation
import Pipeline
import Reports
import TestSupport
import Testing

@testable import Batch

@Suite struct BatchTableTests {
    private static let seen = """
        {"classes": [{"name": "cat, \\"tabby\\"", "shown": 3.5, "first": 0, "last": 4, "times": 2, "mean": 0.6, "highest": 0.9},
         {"name": "<b>dog", "shown": 0.5, "first": 1, "last": 1.5, "times": 1, "mean": 0.3, "highest": 0.3}],
         "count": 2, "recognised": 4, "hot": 0.25, "changes": 3, "wavering": 1, "picture": "/9j/"}
        """

    /// One that is done, one that is bad, one that is to be done.
    private func table(_ bench: Bench) async throws -> BatchTable {
        try bench.input("north/a.mp4", "good")
        try bench.input("north/b.mp4", "bad")
        try bench.input("south/c.mp4", "good")
        let plan = try bench.plan()
        let digest = try JSONDecoder().decode(RecordingDigest.self, from: Data(Self.seen.utf8))
        let runner = bench.runner { job, files throws(JobFailure) in
            var made = try await Bench.capitals(job, files)
            (made.seen, made.duration) = (digest, 4)
            return made
        }
        for job in try plan.jobs().prefix(2) { _ = await runner(job, LockWatch()) }
        return try BatchTable(plan)
    }

    @Test func rowsComeInTheOrderOfThePlanWithTheirState() async throws {
        let table = try await table(try Bench())
        #expect(table.rows.map(\.state) == [.done, .bad, .missing])
        #expect(table.rows[0].duration == 4)
        #expect(table.rows[1].problem == "it is bad")
        #expect(table.rows[2].duration == 1)
    }

    @Test func theValuesHaveALineForEachClass() async throws {
        let bench = try Bench()
        let lines = try await table(bench).csv.components(separatedBy: "\r\n")
        #expect(lines[0] == BatchTable.columns.joined(separator: ","))
        #expect(lines[1].hasPrefix("\(bench.folder.file("clips/north/a.mp4")),done,,4,4,"))
        #expect(lines[1].hasSuffix(",4,0.25,3,1,\"cat, \"\"tabby\"\"\",3.5,0,4,2,0.6,0.9"))
        #expect(lines[2].hasSuffix("<b>dog,0.5,1,1.5,1,0.3,0.3"))
        #expect(lines[3].contains(",bad,it is bad,"))
        #expect(lines[4].contains(",missing,,1,"))
        #expect(lines.count == 6)
        let commas = lines[3].count { $0 == "," }
        #expect(commas == BatchTable.columns.count - 1)
    }

    @Test func theJSONHasAllButThePictures() async throws {
        let json = try await table(try Bench()).json
        let rows = try JSONDecoder().decode([BatchTable.Row].self, from: Data(json.utf8))
        #expect(rows.map(\.state) == [.done, .bad, .missing])
        #expect(rows[0].seen?.classes.count == 2)
        #expect(rows[0].seen?.picture == nil)
    }

    @Test func nothingOfANameIsMarkupOfThePage() async throws {
        let html = String(decoding: try BatchPage(try await table(try Bench())).html(), as: UTF8.self)
        #expect(!html.contains("<b>dog"))
        #expect(html.contains("&lt;b&gt;dog"))
        #expect(html.contains("\\u003cb>dog"))
        #expect(html.contains("\"picture\":\"/9j/\""))
    }

    @Test func theBrowserRunsThePagesOwnScriptAndNoOther() async throws {
        let html = String(decoding: try BatchPage(try await table(try Bench())).html(), as: UTF8.self)
        let script = try #require(html.firstMatch(of: /<script>([\s\S]*?)<\/script>/)).1
        let hash = Checksum.base64(of: Array(String(script).utf8))
        #expect(html.contains("script-src 'sha256-\(hash)'"))
        #expect(!html.contains("http://") && !html.contains("https://"))
    }

    @Test func figuresCountWhatIsDone() async throws {
        let html = String(decoding: try BatchPage(try await table(try Bench())).html(), as: UTF8.self)
        #expect(html.contains("<b>1</b><span>done</span><span class=\"quiet\">1 to be done</span>"))
        #expect(html.contains("<b>100.0 %</b><span>of the time recognised</span>"))
    }
}
