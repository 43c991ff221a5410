import Foundation
import Glibc

/// The data that come with the program: models, cards, the catalogue.
package struct ShippedData: Sendable {
    /// Where they may be, the first choice first.
    let folders: [String]

    /// - Parameter executable: the program's own file, without symbolic links. Its data are in `../share/camstream` if
    ///   it is installed, and in the checkout if it is where `swift build` puts it.
    package init(executable: String) {
        let bin = URL(filePath: executable).deletingLastPathComponent()
        var folders = [bin.deletingLastPathComponent().appending(path: "share/camstream").path]
        let checkout = bin.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        if FileManager.default.fileExists(atPath: checkout.appending(path: "Package.swift").path) {
            // What the set-up makes is not in the source tree.
            folders += [checkout.path, checkout.appending(path: ".deps").path]
        }
        self.folders = folders
    }

    /// Those of the running program.
    package static var ofThisProgram: ShippedData {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return ShippedData(executable: link ?? CommandLine.arguments[0])
    }

    /// The path of a shipped model's file.
    func model(_ name: String) -> String? {
        guard ModelName.isValid(name) else { return nil }
        return places(of: name).map { "\($0)/\(name).onnx" }.first { isFile($0) }
    }

    /// The folders that a shipped model of this name may be in.
    func places(of name: String) -> [String] { folders.map { "\($0)/models/\(name)" } }

    package func has(_ name: String) -> Bool { model(name) != nil }

    /// Names of all shipped models, sorted.
    var modelNames: [String] {
        let names = folders.flatMap { (try? FileManager.default.contentsOfDirectory(atPath: "\($0)/models")) ?? [] }
        return Set(names).filter { model($0) != nil }.sorted()
    }

    package func catalogue() throws(CatalogueError) -> Catalogue {
        let places = folders.map { "\($0)/models/catalogue" }
        guard let folder = places.first(where: { isFile("\($0)/catalogue.yaml") }) else {
            throw .catalogueMissing(looked: places)
        }
        return try Catalogue(folder: folder)
    }
}

/// Whether a path leads to something that is no folder.
func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
}

func fileSize(_ path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
}
