import Capture
import Foundation
package import Kept
package import Overlay
package import Pipeline
package import Serve
import Synchronization

/// Pages of recordings for a server: each is made when somebody asks for it, once, in a temporary folder.
package final class ServedPages: ServedFiles {
    private let recordings: Recordings
    private let program: String
    private let style: @Sendable (KeptFacts) -> OverlayConfig
    private let folder: NewFolder
    private let interrupt: Interrupt
    /// Makes one after the other.
    private let thread: StageThread
    private let onClip: @Sendable (String, ClipPage.Summary) -> Void
    private let onProblem: @Sendable (String) -> Void
    /// By the folders of `Recordings`.
    private let pages = Mutex<[String: Task<Set<String>, any Error>]>([:])
    /// What the list is made of; empty where there is none.
    private let listed: Set<String>

    /// - Parameters:
    ///   - onClip: told of each recording whose page was made.
    ///   - onProblem: told of each in a folder whose page cannot be made; whoever looks is told as well.
    ///   - interrupt: ends what is being made.
    package init(
        _ recordings: Recordings, program: String, interrupt: Interrupt,
        style: @escaping @Sendable (KeptFacts) -> OverlayConfig,
        onClip: @escaping @Sendable (String, ClipPage.Summary) -> Void,
        onProblem: @escaping @Sendable (String) -> Void
    ) throws {
        (self.recordings, self.program, self.interrupt) = (recordings, program, interrupt)
        (self.style, self.onClip, self.onProblem) = (style, onClip, onProblem)
        folder = try NewFolder.temporary()
        thread = try StageThread("view")
        if recordings.isFolder { try recordings.writeList(to: folder.path) }
        listed = recordings.isFolder ? try Self.names(in: folder.path) : []
    }

    /// Makes the page of a recording that was named, so that what is wrong with it is told before anybody looks.
    package func makeFirst() async throws {
        guard !recordings.isFolder, let first = recordings.all.first else { return }
        _ = try await page(of: first).value
    }

    /// Removes all pages, once what is being made has come to its end after the interrupt.
    package func close() {
        _ = thread.wait(within: .seconds(2))
        folder.remove()
    }

    package func file(at path: String) async throws -> ServedFile? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard let last = parts.last else { return nil }
        let name = last.isEmpty ? "index.html" : String(last)
        if parts.count == 1, recordings.isFolder {
            return listed.contains(name) ? served("\(folder.path)/\(name)") : nil
        }
        let wanted = recordings.isFolder ? parts.dropLast().first.map(String.init) : ""
        guard parts.count == (recordings.isFolder ? 2 : 1),
            let one = recordings.all.first(where: { $0.folder == wanted })
        else { return nil }
        let names: Set<String>
        do {
            names = try await page(of: one).value
        } catch {
            throw ServedProblem("\(error)")
        }
        return names.contains(name) ? served("\(place(of: one))/\(name)") : nil
    }

    private func place(of one: Recordings.One) -> String { "\(folder.path)/page-\(one.folder)" }

    /// - Returns: the names of the page's files.
    private func page(of one: Recordings.One) -> Task<Set<String>, any Error> {
        pages.withLock { pages in
            if let known = pages[one.folder] { return known }
            let task = Task(executorPreference: thread) { [self] in
                do {
                    let page = try ClipPage(
                        of: one.path, style: style, program: program, isListed: recordings.isFolder,
                        interrupt: interrupt)
                    let place = try folder.makeFolder("page-\(one.folder)")
                    onClip(one.path, try page.write(to: place))
                    return try Self.names(in: place)
                } catch {
                    if recordings.isFolder { onProblem("\(error)") }
                    throw error
                }
            }
            pages[one.folder] = task
            return task
        }
    }

    private static func names(in folder: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") })
    }

    private func served(_ path: String) -> ServedFile {
        let types = [
            "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
            "js": "text/javascript; charset=utf-8", "mp4": "video/mp4", "webm": "video/webm",
        ]
        return ServedFile(path: path, type: types[URL(filePath: path).pathExtension] ?? "application/octet-stream")
    }
}
