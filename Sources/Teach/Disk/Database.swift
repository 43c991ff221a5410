import CSQLite

/// A connection to a SQLite file. Sole owner of its handle and its statements; for one thread at a time.
final class Database {
    let path: String
    private let handle: OpaquePointer
    /// Prepared once, by their text.
    private var statements: [String: OpaquePointer] = [:]

    enum Access { case readWrite, readOnly }

    enum Value {
        case integer(Int)
        case real(Double)
        case text(String)
        case blob([UInt8])
        case null

        init(_ integer: Int?) { self = integer.map { .integer($0) } ?? .null }
        init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    }

    /// - Parameter access: neither makes a file.
    init(_ path: String, _ access: Access) throws(TeachError) {
        var handle: OpaquePointer?
        let flags = access == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
        let code = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let handle else {
            sqlite3_close_v2(handle)
            throw Self.error(code, path)
        }
        (self.path, self.handle) = (path, handle)
        try check(shim_distrust_schema(handle))
        // A reader may meet the moment of a checkpoint or of a recovery.
        try check(sqlite3_busy_timeout(handle, 5000))
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    /// Number of the row that was inserted last.
    var lastID: Int { Int(sqlite3_last_insert_rowid(handle)) }

    func run(_ sql: String, _ values: Value...) throws(TeachError) {
        _ = try rows(sql, values) { (_: Row) throws(TeachError) in }
    }

    /// The first row; nil: there is none.
    func first<Result>(
        _ sql: String, _ values: Value..., read: (Row) throws(TeachError) -> Result
    ) throws(TeachError) -> Result? {
        try rows(sql, values, read: read).first
    }

    func all<Result>(
        _ sql: String, _ values: Value..., read: (Row) throws(TeachError) -> Result
    ) throws(TeachError) -> [Result] {
        try rows(sql, values, read: read)
    }

    /// All of it, or nothing.
    func transaction<Result>(_ body: () throws(TeachError) -> Result) throws(TeachError) -> Result {
        try run("BEGIN IMMEDIATE")
        do throws(TeachError) {
            let result = try body()
            try run("COMMIT")
            return result
        } catch {
            // SQLite may have done so itself, as where the disk is full.
            if sqlite3_get_autocommit(handle) == 0 { try? run("ROLLBACK") }
            throw error
        }
    }

    /// A whole number that a PRAGMA gives.
    func pragma(_ name: String) throws(TeachError) -> Int {
        try first("PRAGMA \(name)") { (row) throws(TeachError) in try row.integer(0) } ?? 0
    }

    private func rows<Result>(
        _ sql: String, _ values: [Value], read: (Row) throws(TeachError) -> Result
    ) throws(TeachError) -> [Result] {
        let statement = try statement(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { try bind(value, Int32(index + 1), statement) }
        var results: [Result] = []
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return results }
            guard code == SQLITE_ROW else { throw Self.error(code, path) }
            results.append(try read(Row(statement: statement, path: path)))
        }
    }

    private func statement(_ sql: String) throws(TeachError) -> OpaquePointer {
        if let known = statements[sql] { return known }
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil))
        statements[sql] = statement!
        return statement!
    }

    private func bind(_ value: Value, _ place: Int32, _ statement: OpaquePointer) throws(TeachError) {
        let code =
            switch value {
            case .integer(let value): sqlite3_bind_int64(statement, place, Int64(value))
            case .real(let value): sqlite3_bind_double(statement, place, value)
            case .text(let text): shim_bind_text(statement, place, text, Int32(text.utf8.count))
            case .blob(let bytes):
                bytes.withUnsafeBytes { shim_bind_blob(statement, place, $0.baseAddress, Int32($0.count)) }
            case .null: sqlite3_bind_null(statement, place)
            }
        try check(code)
    }

    private func check(_ code: Int32) throws(TeachError) { if code != SQLITE_OK { throw Self.error(code, path) } }

    /// What SQLite's code means for the file.
    private static func error(_ code: Int32, _ path: String) -> TeachError {
        let reason = String(cString: sqlite3_errstr(code))
        return switch code & 0xff {
        case SQLITE_FULL: .diskFull(path: path)
        case SQLITE_CORRUPT: .damaged(path: path, reason: reason)
        case SQLITE_NOTADB: .foreign(path: path)
        // A schema that lacks what it must have.
        case SQLITE_ERROR, SQLITE_SCHEMA: .damaged(path: path, reason: reason)
        case SQLITE_READONLY, SQLITE_IOERR, SQLITE_BUSY, SQLITE_LOCKED: .cannotWrite(path: path, reason: reason)
        default: .cannotOpen(path: path, reason: reason)
        }
    }
}

/// What a statement stands at. Valid until it goes on.
struct Row {
    fileprivate let statement: OpaquePointer
    fileprivate let path: String

    func integer(_ column: Int32) throws(TeachError) -> Int {
        try check(column, SQLITE_INTEGER)
        return Int(sqlite3_column_int64(statement, column))
    }

    func optionalInteger(_ column: Int32) throws(TeachError) -> Int? {
        sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : try integer(column)
    }

    func text(_ column: Int32) throws(TeachError) -> String {
        try check(column, SQLITE_TEXT)
        let bytes = UnsafeRawBufferPointer(
            start: sqlite3_column_text(statement, column), count: Int(sqlite3_column_bytes(statement, column)))
        return String(decoding: bytes, as: UTF8.self)
    }

    func optionalText(_ column: Int32) throws(TeachError) -> String? {
        sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : try text(column)
    }

    func blob(_ column: Int32) throws(TeachError) -> [UInt8] {
        try check(column, SQLITE_BLOB)
        let start = sqlite3_column_blob(statement, column)
        return [UInt8](
            UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
    }

    private func check(_ column: Int32, _ type: Int32) throws(TeachError) {
        guard sqlite3_column_type(statement, column) == type else {
            throw .damaged(path: path, reason: "a column holds what it cannot")
        }
    }
}
