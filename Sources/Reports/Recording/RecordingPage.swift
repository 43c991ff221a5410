import Pipeline

/// The page of a recording, from what matters most to what is looked up.
struct RecordingPage {
    private let report: RecordingReport
    private let classes: [ClassTimes]
    private let wavering: [Wavering]
    private let chart: TimelineChart
    private let length: Double
    /// Of a detector's recording.
    private let objects: ObjectsOnPage?

    init(_ report: RecordingReport) {
        self.report = report
        classes = ClassTimes.all(report.frames)
        wavering = Wavering.find(report.frames, most: 12)
        chart = TimelineChart(report.frames, names: report.names, order: classes.map(\.label))
        let length = report.frames.last.map { $0.time + $0.duration } ?? 0
        self.length = length
        objects = report.objects.map {
            ObjectsOnPage(
                $0, names: report.names, strip: report.strip, length: length,
                all: report.frames.reduce(0) { $0 + $1.duration })
        }
    }

    var shell: ReportShell {
        ReportShell(
            title: "\(report.facts.input): what was seen", header: header,
            main: objects.map { "\($0.figures)\(pictures)\($0.timeline)\($0.tables)\(making)" }
                ?? "\(figures)\(pictures)\(timeline)\(table)\(doubts)\(making)")
    }

    private var header: HTMLText {
        let interrupted: HTMLText =
            report.facts.isInterrupted
            ? "<p class=\"bad\">Interrupted: the recording goes on after \(clock(length)).</p>" : ""
        return """
            <header>
            <h1>\(report.facts.input)</h1>
            <p class="quiet">\(clock(length)), \(counted(report.frames.count, "frame", "frames")), as \(report.facts.model) sees \
            it. \(report.facts.program)\(report.facts.date.map { ", \($0)" } ?? "").</p>\(interrupted)
            </header>
            """
    }

    private var figures: HTMLText {
        let recognised = report.frames.reduce(0) { $0 + ($1.isRecognised ? $1.duration : 0) }
        let all = report.frames.reduce(0) { $0 + $1.duration }
        let unsure = report.frames.reduce(0) { $0 + ($1.margin < 0.1 ? $1.duration : 0) }
        let changes = zip(report.frames, report.frames.dropFirst()).count { $0.drawn != $1.drawn }
        func share(_ part: Double) -> String { all > 0 ? percent(part / all) : "-" }
        let main: HTMLText =
            classes.first.map { first in
                """
                <div class="card main"><b>\(report.names[first.label])</b><span>most of the time: \(share(first.shown))</span>\
                <span class="quiet">of \(counted(classes.count, "class", "classes")) that were seen</span></div>
                """
            } ?? "<div class=\"card main\"><b>nothing</b><span>was recognised</span></div>"
        return """
            <section class="figures" aria-label="Figures">\(main)
            <div class="card"><b>\(share(recognised))</b><span>of the time recognised</span>\
            <span class="quiet">as more than a guess</span></div>
            <div class="card"><b>\(changes)</b><span>\(changes == 1 ? "change" : "changes") of the drawn class</span>\
            <span class="quiet">\(wavering.count == 0 ? "no wavering" : "\(counted(wavering.count, "stretch", "stretches")) of wavering")</span></div>
            <div class="card"><b>\(share(unsure))</b><span>of the time close</span>\
            <span class="quiet">the two most probable classes less than 10 points apart</span></div>
            </section>
            """
    }

    private var pictures: HTMLText {
        let panels = report.strip.pieces.map { piece -> HTMLText in
            let name =
                objects?.caption(piece.groups)
                ?? (piece.label >= 0 ? report.names[Int(piece.label)] : "nothing recognised")
            let probability: HTMLText =
                objects == nil && piece.label >= 0 ? "<span>\(percent(Double(piece.probability)))</span>" : ""
            return """
                <figure>\(ReportShell.picture(piece.jpeg, alt: "At \(clock(piece.time)): \(name)"))<figcaption>\
                <span class="is">\(name)</span>\(probability)<span class="quiet">\(clock(piece.time))</span></figcaption></figure>
                """
        }
        return ReportShell.section(
            "The recording", "<div class=\"sheet small\">\(HTMLText(joining: panels))</div>")
    }

    private var timeline: HTMLText {
        let keys = classes.prefix(TimelineChart.colourCount).map { times -> HTMLText in
            "<li><i class=\"\(chart.colour(times.label))\"></i>\(report.names[times.label])</li>"
        }
        let others: HTMLText =
            classes.count > TimelineChart.colourCount ? "<li><i class=\"c0\"></i>other classes</li>" : ""
        return ReportShell.section(
            "Over time",
            chart.html + """
                <ul class="key"><li><i class="probability"></i>probability of the drawn class</li>\
                <li><i class="hot"></i>share of the picture that is hot</li>\(HTMLText(joining: keys))\(others)</ul>
                """)
    }

    private var table: HTMLText {
        guard !classes.isEmpty else { return "" }
        let rows = classes.map { times -> HTMLText in
            let picture = report.strip.best[Int32(times.label)].map {
                ReportShell.picture($0.jpeg, alt: "\(report.names[times.label]) at \(clock($0.time)), with its heat")
            }
            return """
                <tr><td class="thumb">\(picture ?? "")</td><th scope="row"><i class="\(chart.colour(times.label))"></i>\
                \(report.names[times.label])</th><td>\(clock(times.shown))</td>\
                <td>\(length > 0 ? percent(times.shown / length) : "-")</td><td>\(times.times)</td><td>\(clock(times.first))</td>\
                <td>\(clock(times.last))</td><td>\(percent(times.mean))</td><td>\(percent(Double(times.highest)))</td></tr>
                """
        }
        let table: HTMLText = """
            <div class="wide"><table class="classes"><thead><tr><td></td><th scope="col">class</th><th scope="col">on screen</th>\
            <th scope="col">of the time</th><th scope="col">times</th><th scope="col">first seen</th><th scope="col">last seen</th>\
            <th scope="col">mean</th><th scope="col">highest</th></tr></thead><tbody>\(HTMLText(joining: rows))</tbody></table></div>
            """
        return ReportShell.section("The classes, the longest first", ReportShell.folded(table, rows: rows.count))
    }

    private var doubts: HTMLText {
        guard !wavering.isEmpty else {
            return ReportShell.section(
                "Where it wavered",
                "<p>Nowhere: in no two seconds did the most probable class change \(Wavering.fewest) times.</p>")
        }
        let rows = wavering.map { stretch -> HTMLText in
            let names = stretch.labels.prefix(4).map { report.names[$0] }.joined(separator: ", ")
            let more = stretch.labels.count > 4 ? " and \(stretch.labels.count - 4) more" : ""
            return """
                <tr><th scope="row">\(clock(stretch.from)) to \(clock(stretch.to))</th><td>\(stretch.changes)</td>\
                <td>\(percent(Double(stretch.margin)))</td><td class="words">\(names + more)</td></tr>
                """
        }
        return ReportShell.section(
            "Where it wavered",
            """
            <p class="quiet">Stretches in which the most probable class changed \(Wavering.fewest) times or more in two seconds, frame by \
            frame; what is drawn is steadier. Those with the most changes a second first.</p><div class="wide"><table><thead><tr>\
            <th scope="col">when</th><th scope="col">changes</th><th scope="col">closest margin</th><th scope="col" class="words">between</th></tr>\
            </thead><tbody>\(HTMLText(joining: rows))</tbody></table></div>
            """)
    }

    private var making: HTMLText {
        let facts = report.facts
        let rows: [(HTMLText, HTMLText)] = [
            ("Model", "\(facts.model), <code>\(facts.checksum)</code> (SHA-256)"),
            ("Method", "\(facts.method)\(facts.layers.isEmpty ? "" : ", of \(facts.layers.joined(separator: ", "))")"),
            ("Program", "\(facts.program)"),
        ]
        let settings = facts.settings.sorted { $0.key < $1.key }.map {
            "<dt>\($0.key)</dt><dd>\($0.value.description)</dd>" as HTMLText
        }
        let list = HTMLText(joining: rows.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" })
        return ReportShell.section(
            "How it was made",
            """
            <dl>\(list)</dl><details><summary>All settings</summary><dl>\(HTMLText(joining: settings))</dl></details>
            """)
    }
}
