import Glibc
import Synchronization

/// Deletes the oldest recordings: those that are too old, and those that are too many bytes together. Nothing but what
/// the list says that the program wrote; no link is followed; no age is believed that the order of the files contradicts.
final class Retention: Sendable {
    let names: RecordingNames
    private let keep: TimeSpan?
    private let maxBytes: DataSize?
    /// Nil where recordings have one name, and none is ever deleted.
    private let list: RecordingList?
    private let clock: TrustedClock
    private let report: RecordingReport
    private let told = Mutex(Told())

    /// What was said is not said again.
    private struct Told {
        var paths: Set<String> = []
        var doubt: ClockDoubt?
        var listProblem: EncodeError?
    }

    /// A listed file that is there, as it was written.
    private struct ListedRecording {
        let found: RecordingSearch.Found
        /// The latest that it can have been written, in seconds since 1970, by its own time and those around it.
        var written: Int
    }

    init(
        names: RecordingNames, keep: TimeSpan?, maxBytes: DataSize?, listed: Bool = true,
        clock: TrustedClock = TrustedClock(), report: RecordingReport
    ) {
        self.names = names
        self.keep = keep
        self.maxBytes = maxBytes
        list = listed ? RecordingList(of: names) : nil
        self.clock = clock
        self.report = report
    }

    /// Writes down that a file is a recording.
    func note(_ path: String, bytes: Int, modified: Int) {
        guard let list else { return }
        do throws(EncodeError) {
            let time = clock.judge(newest: Self.newest(try list.entries()), tolerance: tolerance)
            try list.add(
                RecordingList.Entry(
                    relativePath: names.relativePath(of: path), bytes: bytes, modified: modified,
                    isTimeSure: time.isPlausible))
        } catch {
            tell(listProblem: error)
        }
    }

    /// Deletes what is to be deleted, and reports what, and what not.
    func callAsFunction() {
        guard let list, keep != nil || maxBytes != nil else { return }
        let entries: [RecordingList.Entry]
        do throws(EncodeError) {
            entries = try list.entries()
        } catch {
            return tell(listProblem: error)
        }
        let time = clock.judge(newest: Self.newest(entries), tolerance: tolerance)
        if keep != nil { tell(time.doubt) }
        let search = RecordingSearch(names)
        let files = Dictionary(search.finished.map { ($0.relativePath, $0) }, uniquingKeysWith: { $1 })
        let recordings = Self.recordings(entries, files, now: time.now)
        tell(search, listed: recordings.map(\.found.path))
        remove(recordings, search, now: time.now)
        compact(list, entries)
    }

    // MARK: -

    /// Seconds within which the clock and the recordings agree.
    private var tolerance: Int { min(keep.map { $0.seconds / 2 } ?? .max, 86_400) }

    private static func newest(_ entries: [RecordingList.Entry]) -> Int? {
        entries.lazy.filter(\.isTimeSure).map(\.modified).max()
    }

    /// The listed files that are as they were written, the oldest first.
    ///
    /// A file is as young as those that were listed before it, whatever its own time says: that may be of a clock which
    /// had not been set yet. A time in the future, or one in doubt, says nothing: such a file is as young as the next.
    private static func recordings(
        _ entries: [RecordingList.Entry], _ files: [String: RecordingSearch.Found], now: Int
    ) -> [ListedRecording] {
        func time(_ entry: RecordingList.Entry) -> Int? {
            entry.isTimeSure && entry.modified <= now ? entry.modified : nil
        }
        var youngest = Int.min
        let risen = entries.map { entry -> Int? in
            guard let own = time(entry) else { return nil }
            youngest = max(youngest, own)
            return youngest
        }
        var next = now
        var recordings: [ListedRecording] = []
        for (entry, own) in zip(entries, risen).reversed() {
            next = own ?? next
            guard let file = files[entry.relativePath], file.bytes == entry.bytes, file.modified == entry.modified
            else { continue }
            recordings.append(ListedRecording(found: file, written: next))
        }
        return recordings.sorted {
            ($0.written, $0.found.modified, $0.found.path) < ($1.written, $1.found.modified, $1.found.path)
        }
    }

    private func remove(_ recordings: [ListedRecording], _ search: RecordingSearch, now: Int) {
        // What is being written counts, and is never deleted.
        let unfinished = search.leftovers.map { if case .recording(let found, _) = $0 { found.bytes } else { 0 } }
        var total = (recordings.map(\.found.bytes) + unfinished).reduce(0, +)
        for recording in recordings {
            let file = recording.found
            let isTooOld = keep.map { recording.written < now - $0.seconds } ?? false
            let areTooMany = maxBytes.map { total > $0.bytes } ?? false
            guard isTooOld || areTooMany, remove(file) else { continue }
            total -= file.bytes
            report.tell(.removed(file: file.path, bytes: file.bytes))
        }
    }

    /// Deletes a file that is still the one that was found, and the folders that become empty, but never the base.
    private func remove(_ file: RecordingSearch.Found) -> Bool {
        guard let base = OpenFolder(names.base), let folder = base.folder(file.folders),
            let status = folder.status(file.name), status.isRegular, Int(status.st_size) == file.bytes,
            status.st_mtim.tv_sec == file.modified, folder.removeFile(file.name)
        else { return false }
        for depth in file.folders.indices.reversed() {
            guard base.folder(file.folders[..<depth])?.removeFolder(file.folders[depth]) == true else { break }
        }
        return true
    }

    /// Writes the list anew when most of it is of files that are gone.
    private func compact(_ list: RecordingList, _ entries: [RecordingList.Entry]) {
        guard let base = OpenFolder(names.base) else { return }
        func isThere(_ entry: RecordingList.Entry) -> Bool {
            let parts = entry.relativePath.split(separator: "/").map(String.init)
            guard let name = parts.last else { return false }
            return base.folder(parts.dropLast())?.status(name) != nil
        }
        let gone = entries.count { !isThere($0) }
        guard gone > 100, gone > entries.count / 2 else { return }
        do throws(EncodeError) {
            try list.keepOnly(isThere)
        } catch {
            tell(listProblem: error)
        }
    }

    // MARK: - What is said

    /// Tells of links that are not followed.
    func tell(_ links: [RecordingSearch.Link]) {
        for path in notTold(links.map(\.path)) { report.tell(.retention(.link(path: path))) }
    }

    private func tell(_ search: RecordingSearch, listed: [String]) {
        tell(search.links)
        let listed = Set(listed)
        let others = notTold(search.finished.map(\.path).filter { !listed.contains($0) })
        if let first = others.first, let list {
            report.tell(.retention(.unlisted(count: others.count, first: first, list: list.path)))
        }
    }

    private func notTold(_ paths: [String]) -> [String] {
        told.withLock { told in paths.filter { told.paths.insert($0).inserted } }
    }

    private func tell(_ doubt: ClockDoubt?) {
        let before = told.withLock { told in
            defer { told.doubt = doubt }
            return told.doubt
        }
        switch (before, doubt) {
        case (nil, nil), (.notSynchronised?, .notSynchronised?), (.far?, .far?): break
        case (_, let doubt?): report.tell(.retention(.doubt(doubt)))
        case (_, nil): report.tell(.retention(.clockBelieved))
        }
    }

    private func tell(listProblem problem: EncodeError) {
        let isNew = told.withLock { told in
            defer { told.listProblem = problem }
            return told.listProblem != problem
        }
        if isNew { report.tell(.retention(.listProblem(problem))) }
    }
}

/// What is not deleted, and why.
package enum RetentionNote: Sendable, Equatable, CustomStringConvertible {
    case link(path: String)
    case unlisted(count: Int, first: String, list: String)
    case listProblem(EncodeError)
    case doubt(ClockDoubt)
    case clockBelieved

    /// Whether the user should do something.
    package var isWarning: Bool { self != .clockBelieved }

    package var description: String {
        switch self {
        case .link(let path):
            "\(path) is a link: what it leads to is neither counted nor deleted nor completed"
        case .unlisted(let count, let first, let list):
            "\(count == 1 ? first : "\(count) files, such as \(first),") could be \(count == 1 ? "a recording" : "recordings")"
                + " by name, but \(list) does not have \(count == 1 ? "it" : "them") as written by camstream: never "
                + "deleted, and not counted. Delete such files by hand, or see \"Deleting old files\" in "
                + "docs/reference/recording.md"
        case .listProblem(let problem):
            "the list of recordings does not work, so those that it lacks are never deleted: \(problem)"
        case .doubt(.notSynchronised):
            "the clock is not synchronised: until it is, or has run evenly for a day, files are deleted by age as the "
                + "newest recording and the time since the start justify"
        case .doubt(.far(let seconds, let isSynchronised)):
            "the clock is \(TimeSpan(seconds: Int(seconds.magnitude))) \(seconds < 0 ? "behind" : "ahead of") what the "
                + "recordings say\(isSynchronised ? "" : ", and not synchronised"): by age nothing more is deleted than they "
                + "justify, until it has run evenly for \(isSynchronised ? "an hour" : "a day"). Is it right?"
        case .clockBelieved: "the clock is believed again: old files are deleted by it"
        }
    }
}
