import CZlib

/// Classes and examples.
extension SetFile {
    /// Those that are not removed, in the order in which they came.
    func classes() throws(TeachError) -> [Class] {
        try database.all("SELECT id, name FROM class WHERE removed IS NULL ORDER BY id") { (row) throws(TeachError) in
            Class(id: try row.integer(0), name: try row.text(1))
        }
    }

    func addClass(_ name: String, step: Int) throws(TeachError) -> Int {
        try database.run("INSERT INTO class (name, added) VALUES (?, ?)", .text(name), .integer(step))
        return database.lastID
    }

    func rename(_ id: Int, to name: String) throws(TeachError) {
        try database.run("UPDATE class SET name = ? WHERE id = ?", .text(name), .integer(id))
    }

    func removeClass(_ id: Int, step: Int) throws(TeachError) {
        try database.run("UPDATE class SET removed = ? WHERE id = ?", .integer(step), .integer(id))
        try removeExamples(ofClass: id, step: step)
    }

    func removeExamples(ofClass id: Int, step: Int) throws(TeachError) {
        try database.run(
            "UPDATE example SET removed = ? WHERE class = ? AND removed IS NULL", .integer(step), .integer(id))
    }

    func removeExample(_ id: Int, step: Int) throws(TeachError) {
        try database.run("UPDATE example SET removed = ? WHERE id = ?", .integer(step), .integer(id))
    }

    /// - Parameters:
    ///   - pixels: compressed (`LosslessPicture`).
    ///   - thumbnail: a JPEG.
    func addExample(
        _ features: [Float], classID: Int, step: Int, pixels: [UInt8], thumbnail: [UInt8]
    ) throws(TeachError) -> Int {
        let bytes = Self.bytes(features)
        try database.run(
            "INSERT INTO example (class, added, checksum, features) VALUES (?, ?, ?, ?)", .integer(classID),
            .integer(step), .integer(Self.checksum(bytes)), .blob(bytes))
        let id = database.lastID
        try database.run(
            "INSERT INTO picture (example, pixels, thumbnail) VALUES (?, ?, ?)", .integer(id), .blob(pixels),
            .blob(thumbnail))
        return id
    }

    /// Those that are not removed, in the order in which they came.
    ///
    /// - Parameter width: features of each.
    func examples(width: Int) throws(TeachError) -> [Example] {
        try database.all(
            "SELECT id, class, added, checksum, features FROM example WHERE removed IS NULL ORDER BY id"
        ) { (row) throws(TeachError) in try example(row, width) }
    }

    func examples(removedBy step: Int, width: Int) throws(TeachError) -> [Example] {
        try database.all(
            "SELECT id, class, added, checksum, features FROM example WHERE removed = ? ORDER BY id", .integer(step)
        ) { (row) throws(TeachError) in try example(row, width) }
    }

    private func example(_ row: Row, _ width: Int) throws(TeachError) -> Example {
        let id = try row.integer(0)
        let bytes = try row.blob(4)
        guard bytes.count == 4 * width, Self.checksum(bytes) == (try row.integer(3)) else {
            throw .damaged(path: database.path, reason: "example \(id)")
        }
        return Example(
            id: id, classID: try row.integer(1), step: try row.integer(2), features: Self.features(bytes))
    }

    /// How many examples each class has, by its number.
    func counts() throws(TeachError) -> [Int: Int] {
        let rows = try database.all("SELECT class, count(*) FROM example WHERE removed IS NULL GROUP BY class") {
            (row) throws(TeachError) in (try row.integer(0), try row.integer(1))
        }
        return Dictionary(rows, uniquingKeysWith: +)
    }

    /// Examples that are not removed, without their features, in the order in which they came.
    func places() throws(TeachError) -> [(id: Int, classID: Int, step: Int)] {
        try database.all("SELECT id, class, added FROM example WHERE removed IS NULL ORDER BY id") {
            (row) throws(TeachError) in (try row.integer(0), try row.integer(1), try row.integer(2))
        }
    }

    func thumbnail(_ id: Int) throws(TeachError) -> [UInt8]? {
        try database.first("SELECT thumbnail FROM picture WHERE example = ?", .integer(id)) {
            (row) throws(TeachError) in try row.blob(0)
        }
    }

    /// As it was compressed.
    func pixels(_ id: Int) throws(TeachError) -> [UInt8] {
        let pixels = try database.first("SELECT pixels FROM picture WHERE example = ?", .integer(id)) {
            (row) throws(TeachError) in try row.blob(0)
        }
        guard let pixels else { throw .damaged(path: database.path, reason: "example \(id) has no picture") }
        return pixels
    }

    /// Little-endian, whatever the machine.
    private static func bytes(_ features: [Float]) -> [UInt8] {
        features.flatMap { value in
            withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        }
    }

    private static func features(_ bytes: [UInt8]) -> [Float] {
        bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
    }

    private static func checksum(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { Int(crc32_z(0, $0.bindMemory(to: UInt8.self).baseAddress, $0.count)) }
    }
}
