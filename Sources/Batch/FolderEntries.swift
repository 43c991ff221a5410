import Glibc

/// The parts of a path. By bytes: a "/" and an accent that follows it are one character, and two parts.
func pathParts(_ path: String) -> [String] {
    path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
}

/// What is in a folder, by name, and of which kind as far as the file system tells at once; "." and ".." left out.
///
/// - Returns: 0, or what is wrong.
func forEachEntry(in folder: String, _ visit: (_ name: String, _ kind: Int) -> Void) -> Int32 {
    guard let stream = opendir(folder) else { return errno }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
            tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { visit(name, Int(entry.pointee.d_type)) }
    }
    return 0
}
