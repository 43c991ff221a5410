import Pipeline

/// What a report says of a detector's recording: objects are counted by their numbers.
struct ObjectsOnPage {
    let seen: SeenObjects
    let names: [String]
    let strip: PictureStrip
    /// Seconds: of the recording, and of all of its frames.
    let length: Double
    let all: Double

    private let classes: [SeenObjects.Class]
    private let colours: [Int: Int]

    /// In the table of objects.
    private static let mostObjects = 200

    init(_ seen: SeenObjects, names: [String], strip: PictureStrip, length: Double, all: Double) {
        (self.seen, self.names, self.strip, self.length, self.all) = (seen, names, strip, length, all)
        classes = seen.classes
        colours = Dictionary(
            uniqueKeysWithValues: classes.prefix(TimelineChart.colourCount).enumerated().map { (Int($1.label), $0 + 1) }
        )
    }

    private func colour(_ label: Int) -> HTMLText { colours[label].map { "c\($0)" } ?? "c0" }
    private func share(_ part: Double) -> String { all > 0 ? percent(min(part / all, 1)) : "-" }
    private func name(_ label: Int32) -> String { names[Int(label)] }

    var figures: HTMLText {
        let main: HTMLText =
            classes.first.map { first in
                """
                <div class="card main"><b>\(name(first.label))</b><span>there \(share(first.shown)) of the time</span>\
                <span class="quiet">of \(counted(classes.count, "class", "classes")) found</span></div>
                """
            } ?? "<div class=\"card main\"><b>nothing</b><span>was found</span></div>"
        let isCounted = seen.count > 0 || classes.isEmpty
        return """
            <section class="figures" aria-label="Figures">\(main)
            <div class="card"><b>\(isCounted ? "\(seen.count)" : "-")</b><span>\(seen.count == 1 ? "object" : "objects")</span>\
            <span class="quiet">\(isCounted ? "each counted once, as it was followed" : "not counted, as nobody followed them")</span></div>
            <div class="card"><b>\(share(seen.shown))</b><span>of the time something was there</span></div>
            <div class="card"><b>\(seen.mostAtOnce)</b><span>at once at most</span></div>
            </section>
            """
    }

    /// What a picture shows: "2 dogs" would need a grammar of each class.
    func caption(_ groups: [SeenObjects.Group]) -> String {
        let words = groups.prefix(3).map { $0.count > 1 ? "\($0.count) × \(name($0.label))" : name($0.label) }
        let rest = groups.count - words.count
        return groups.isEmpty ? "nothing found" : words.joined(separator: ", ") + (rest > 0 ? " and more" : "")
    }

    var timeline: HTMLText {
        guard !classes.isEmpty else { return "" }
        let chart = PresenceChart(classes: classes, names: names, length: length, colour: colour)
        let left = classes.count - PresenceChart.mostClasses
        let more: HTMLText = left > 0 ? "<p class=\"quiet\">And \(left) more, which the table has.</p>" : ""
        return ReportShell.section("Over time", chart.html + more)
    }

    var tables: HTMLText { classTable + objectTable }

    private var classTable: HTMLText {
        guard !classes.isEmpty else { return "" }
        let rows = classes.map { seen -> HTMLText in
            let picture = strip.best[seen.label].map {
                ReportShell.picture($0.jpeg, alt: "\(name(seen.label)) at \(clock($0.time)), with its heat")
            }
            return """
                <tr><td class="thumb">\(picture ?? "")</td><th scope="row"><i class="\(colour(Int(seen.label)))"></i>\
                \(name(seen.label))</th><td>\(seen.objects > 0 ? "\(seen.objects)" : "-")</td><td>\(seen.mostAtOnce)</td>\
                <td>\(clock(seen.shown))</td><td>\(share(seen.shown))</td><td>\(clock(seen.first))</td><td>\(clock(seen.last))</td>\
                <td>\(seen.mean, digits: 2)</td><td>\(Double(seen.highest), digits: 2)</td></tr>
                """
        }
        let table: HTMLText = """
            <div class="wide"><table class="classes"><thead><tr><td></td><th scope="col">class</th><th scope="col">objects</th>\
            <th scope="col">at once</th><th scope="col">there for</th><th scope="col">of the time</th><th scope="col">first seen</th>\
            <th scope="col">last seen</th><th scope="col">mean score</th><th scope="col">highest</th></tr></thead>\
            <tbody>\(HTMLText(joining: rows))</tbody></table></div>
            """
        return ReportShell.section("The classes, the longest first", ReportShell.folded(table, rows: rows.count))
    }

    private var objectTable: HTMLText {
        guard seen.count > 0 else { return "" }
        let rows = seen.objects.prefix(Self.mostObjects).map { one -> HTMLText in
            """
            <tr><td>\(one.number)</td><th scope="row"><i class="\(colour(Int(one.label)))"></i>\(name(one.label))</th>\
            <td>\(clock(one.first))</td><td>\(clock(one.last))</td><td>\(clock(one.shown))</td>\
            <td>\(Double(one.highest), digits: 2)</td></tr>
            """
        }
        let left = seen.count - rows.count
        let more: HTMLText = left > 0 ? "<p class=\"quiet\">And \(left) more.</p>" : ""
        let table: HTMLText = """
            <div class="wide"><table class="classes"><thead><tr><th scope="col">number</th><th scope="col">class</th>\
            <th scope="col">first seen</th><th scope="col">last seen</th><th scope="col">there for</th><th scope="col">highest score</th>\
            </tr></thead><tbody>\(HTMLText(joining: rows))</tbody></table></div>
            """
        return ReportShell.section(
            "The objects, as they came", ReportShell.folded(table, rows: rows.count) + more)
    }
}
