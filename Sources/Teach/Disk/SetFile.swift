import Foundation

/// The SQLite file of a set. What is removed stays, marked with the step that removed it, until that step can no longer be
/// undone. Numbers of examples and classes are never given out again.
///
/// All that changes it is to be called within `database.transaction`.
final class SetFile {
    let database: Database
    let files: SetFiles

    static let version = 1
    /// "CSte", by which `file` and others know what it is.
    static let applicationID = 0x4353_7465

    /// What a step did; its texts are in the file.
    enum Kind: String {
        case examples, newClass, rename, removeClass, removeExample, clear
    }

    struct Step {
        let id: Int
        let kind: Kind
        let classID: Int?
        /// Of the class, before it.
        let name: String?
    }

    struct Class: Equatable {
        let id: Int
        var name: String
    }

    struct Example {
        let id: Int
        let classID: Int
        /// The step that added it: a burst of pictures.
        let step: Int
        let features: [Float]
    }

    private static let schema = [
        "CREATE TABLE fact (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
        "CREATE TABLE step (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, class INTEGER, name TEXT)",
        """
        CREATE TABLE class (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, added INTEGER NOT NULL,
            removed INTEGER)
        """,
        """
        CREATE TABLE example (id INTEGER PRIMARY KEY AUTOINCREMENT, class INTEGER NOT NULL, added INTEGER NOT NULL,
            removed INTEGER, checksum INTEGER NOT NULL, features BLOB NOT NULL)
        """,
        // By themselves, as most reads want the features alone.
        "CREATE TABLE picture (example INTEGER PRIMARY KEY, pixels BLOB NOT NULL, thumbnail BLOB NOT NULL)",
        "CREATE INDEX example_added ON example (added)",
        "CREATE INDEX example_removed ON example (removed) WHERE removed IS NOT NULL",
    ]

    /// Opens a set to teach it, or makes it. Needs the lock.
    ///
    /// - Throws: `TeachError`; nothing is changed then.
    init(teaching files: SetFiles, _ backbone: TaughtBackbone) throws(TeachError) {
        self.files = files
        try files.create(files.examples)
        database = try Database(files.examples, .readWrite)
        let isNew = try Self.isNew(database)
        if !isNew {
            try Self.check(try Self.backbone(database), backbone, files.name)
            try Self.checkPages(database)
        }
        // Room of what is purged goes back to the disk.
        if isNew { try database.run("PRAGMA auto_vacuum = INCREMENTAL") }
        // Readers and a writer do not wait for each other.
        _ = try database.first("PRAGMA journal_mode = WAL") { (row) throws(TeachError) in try row.text(0) }
        // What is confirmed outlives a power failure.
        try database.run("PRAGMA synchronous = FULL")
        try database.transaction { () throws(TeachError) in
            if isNew {
                for statement in Self.schema { try database.run(statement) }
                try database.run("INSERT INTO class (name, added) VALUES ('none', 0)")
                try database.run("PRAGMA application_id = \(Self.applicationID)")
                try database.run("PRAGMA user_version = \(Self.version)")
            }
            // The same model may have moved.
            for (key, value) in backbone.facts { try set(key, value) }
        }
    }

    /// Opens a set to read it as it is now, whatever is done to it later.
    init(reading files: SetFiles) throws(TeachError) {
        self.files = files
        database = try Database(files.examples, .readOnly)
        try database.run("BEGIN")
        if try Self.isNew(database) { throw .damaged(path: files.examples, reason: "it is empty") }
    }

    /// - Throws: `TeachError` where it is no set, or none that is understood.
    private static func isNew(_ database: Database) throws(TeachError) -> Bool {
        let id = try database.pragma("application_id")
        let tables = try database.first("SELECT count(*) FROM sqlite_schema") { (row) throws(TeachError) in
            try row.integer(0)
        }
        if id == 0, tables == 0 { return true }
        guard id == applicationID else { throw .foreign(path: database.path) }
        let version = try database.pragma("user_version")
        guard version <= Self.version else { throw .newer(path: database.path, version: version) }
        return false
    }

    private static func check(
        _ taught: TaughtBackbone, _ backbone: TaughtBackbone, _ name: String
    ) throws(TeachError) {
        if let difference = taught.difference(to: backbone) {
            throw .otherBackbone(name: name, difference: difference, model: taught.model)
        }
    }

    /// Reads all of the file, so that damage is not found amid a change; pictures and features have checksums besides.
    private static func checkPages(_ database: Database) throws(TeachError) {
        let found = try database.first("PRAGMA integrity_check(1)") { (row) throws(TeachError) in try row.text(0) }
        if found != "ok" {
            throw .damaged(
                path: database.path, reason: found?.split(separator: "\n").last.map { "\($0)" } ?? "unreadable")
        }
    }

    func backbone() throws(TeachError) -> TaughtBackbone { try Self.backbone(database) }

    private static func backbone(_ database: Database) throws(TeachError) -> TaughtBackbone {
        guard let backbone = TaughtBackbone(facts: try facts(database)) else {
            throw .damaged(path: database.path, reason: "it does not say which model it is for")
        }
        return backbone
    }

    // MARK: Facts

    func facts() throws(TeachError) -> [String: String] { try Self.facts(database) }

    private static func facts(_ database: Database) throws(TeachError) -> [String: String] {
        let rows = try database.all("SELECT key, value FROM fact") { (row) throws(TeachError) in
            (try row.text(0), try row.text(1))
        }
        return Dictionary(rows, uniquingKeysWith: { $1 })
    }

    func set(_ key: String, _ value: String) throws(TeachError) {
        try database.run("INSERT OR REPLACE INTO fact (key, value) VALUES (?, ?)", .text(key), .text(value))
    }

    /// Bytes that are in use, what may still be undone included.
    func bytes() throws(TeachError) -> Int {
        try (database.pragma("page_count") - database.pragma("freelist_count")) * database.pragma("page_size")
    }
}
