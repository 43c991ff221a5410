import ArgumentParser
import Catalogue
import Infer
import Logging

/// `camstream models fetch`.
struct FetchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch", abstract: "Download models of the catalogue.",
        discussion: """
            Size and SHA-256 checksum must be the published ones. A download that was cut or interrupted goes on where it \
            ended. The proxy variables (https_proxy, no_proxy ...) are used.

            Examples:
              camstream models fetch squeezenet1.1
              camstream models fetch resnet18 --from https://mirror.example/resnet18-v1-7.onnx
            """)

    @Argument(help: "Names of models, as 'camstream models' lists them.")
    var names: [String]

    @Option(
        help: """
            Fetch from this address, such as a mirror's, instead of the published one; size and checksum are still \
            verified. For one model.
            """)
    var from: String?

    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet = false

    func validate() throws {
        if from != nil, names.count > 1 { throw ValidationError("--from is the address of one model; name one") }
    }

    func run() throws {
        let log = Main.openLog(quiet: quiet)
        try Main.perform(log) {
            let catalogue = try ShippedData.ofThisProgram.catalogue()
            let entries = try names.map { name in try catalogue.requireEntry(named: name) }
            var settings = Download.Settings()
            settings.userAgent = "camstream/\(Camstream.version)"
            let fetch = Fetch(store: try .require(), catalogue: catalogue, settings: settings)
            let signals = Signals()
            signals.limit(
                .init(milliseconds: 2000) { signal in
                    log.notice("interrupted: what has come is kept, and the next fetch goes on there")
                    return ExitStatus.interrupted(by: signal)
                })
            do {
                for entry in entries { try self.fetch(entry, fetch, signals, log) }
            } catch let error as CatalogueError {
                guard error.category == .interrupted, let signal = signals.received else { throw error }
                log.notice("\(error)")
                throw ExitCode(ExitStatus.interrupted(by: signal))
            }
        }
    }

    private func fetch(_ entry: Catalogue.Entry, _ fetch: Fetch, _ signals: Signals, _ log: Logger) throws {
        var progress = ProgressLine(isShown: !quiet)
        log.info("\(entry.name): \(byteText(entry.bytes)) from \(from ?? entry.address)")
        var first: Int?  // what was there when the progress line began
        let result = try fetch(
            entry, from: from, isInterrupted: { signals.received != nil },
            whenBusy: { log.info("another camstream is fetching \(entry.name): waiting for it") },
            report: { event in
                switch event {
                case .progress(let bytes):
                    first = first ?? bytes
                    progress.draw { seconds in
                        DownloadProgress(bytes: bytes, before: first ?? 0, total: entry.bytes, seconds: seconds).text
                    }
                case .goesOn(let bytes): log.info("\(entry.name): going on after \(byteText(bytes))")
                case .startsAgain:
                    log.info("\(entry.name): starting again, since the first part cannot be used")
                    (progress, first) = (ProgressLine(isShown: !quiet), nil)
                case .triesAgain(let reason, let pause):
                    log.warning("\(entry.name): \(reason); trying again in \(Int(pause / .seconds(1))) s")
                }
            })
        progress.erase()
        result.summary?.log(to: log)
        if let problem = result.problem { log.warning("\(problem)") }
        let isNew = result.summary != nil || result.problem != nil
        log.notice(
            "\(entry.name) is \(isNew ? "" : "already ")in \(result.path); use it with --model \(entry.name)")
    }
}

extension ModelSummary {
    /// Tells what was found in a model that is new here.
    func log(to log: Logger) {
        if !hasCard {
            log.warning("\(path) has no card: the defaults of docs/reference/models.md are taken for its input")
        }
        switch head {
        case .found(_, let description): log.info("CAM head: \(description)")
        case .notNeeded(let output): log.info("the model gives out \(output)")
        case .missing(let reason): log.info("no CAM head: \(reason); maps are made by another method, such as Grad-CAM")
        }
    }
}

/// How far a download is.
struct DownloadProgress {
    var bytes: Int
    /// Of these, what was there when the time began.
    var before: Int
    var total: Int
    var seconds: Double

    /// Such as "12.0 MB of 46.8 MB  25 %  3.0 MB/s  ETA 0:12".
    var text: String {
        var parts = ["\(byteText(bytes)) of \(byteText(total))", "\(100 * bytes / max(1, total)) %"]
        let rate = seconds > 0 ? Double(bytes - before) / seconds : 0
        if rate >= 1 {
            parts.append("\(byteText(Int(rate)))/s")
            parts.append("ETA \(ProgressLine.time(Double(total - bytes) / rate))")
        }
        return parts.joined(separator: "  ")
    }
}
