import ArgumentParser
import Batch
import Encode
import Foundation
import Logging
import Pipeline
import Reports

/// `camstream batch report`.
struct BatchReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "All recordings in one table, with what was seen in each.",
        discussion: """
            The file extension says what is written: .html is a page that sorts and searches, with a thumbnail of each recording; .csv has \
            a line for each class of each recording; .json has all but the thumbnails.

            Examples:
              camstream batch report jobs.jsonl --out seen.html
              camstream batch report jobs.jsonl --out seen.csv
            """)

    @Argument(help: "Plan that 'camstream batch plan' wrote.")
    var plan: String

    @Option(name: .shortAndLong, help: "The page or table to write: .html, .csv or .json.")
    var out: String

    @Flag(help: .setting("encode.force"))
    var force = false

    func run() throws {
        let log = Main.openLog(quiet: false)
        try Main.perform(log) {
            let ending = URL(filePath: out).pathExtension.lowercased()
            guard ["html", "htm", "csv", "json"].contains(ending) else {
                throw ValidationError("--out must end in .html, .csv or .json")
            }
            let table = try BatchTable(Plan(path: plan))
            let file = try WholeFile(out, replacing: force)
            switch ending {
            case "csv": try file.append(table.csv)
            case "json": try file.append(try table.json + "\n")
            default: try file.append(Array(try BatchPage(table).html()))
            }
            try file.putInPlace()
            log.notice("\(counted(table.rows.count, "recording", "recordings")) in \(out)")
        }
    }
}
