/// Steps, the newest of which is undone first.
extension SetFile {
    /// Begins a step, and forgets those that are too many.
    ///
    /// - Returns: its number.
    func begin(_ kind: Kind, classID: Int? = nil, name: String? = nil, depth: Int) throws(TeachError) -> Int {
        try database.run(
            "INSERT INTO step (kind, class, name) VALUES (?, ?, ?)", .text(kind.rawValue), .init(classID), .init(name))
        let id = database.lastID
        try forget(keeping: depth)
        return id
    }

    /// The newest step.
    func newestStep() throws(TeachError) -> Step? {
        try database.first("SELECT id, kind, class, name FROM step ORDER BY id DESC LIMIT 1") {
            (row) throws(TeachError) in
            guard let kind = Kind(rawValue: try row.text(1)) else {
                throw .damaged(path: database.path, reason: "an unknown step")
            }
            return Step(
                id: try row.integer(0), kind: kind, classID: try row.optionalInteger(2), name: try row.optionalText(3))
        }
    }

    /// Makes everything as it was before the newest step.
    func takeBack(_ step: Step) throws(TeachError) {
        let id = Database.Value.integer(step.id)
        try database.run("DELETE FROM picture WHERE example IN (SELECT id FROM example WHERE added = ?)", id)
        try database.run("DELETE FROM example WHERE added = ?", id)
        try database.run("DELETE FROM class WHERE added = ?", id)
        try database.run("UPDATE example SET removed = NULL WHERE removed = ?", id)
        try database.run("UPDATE class SET removed = NULL WHERE removed = ?", id)
        if step.kind == .rename, let classID = step.classID, let name = step.name {
            try rename(classID, to: name)
        }
        try database.run("DELETE FROM step WHERE id = ?", id)
    }

    /// Makes room: steps before the newest ones cannot be undone any more, and what they removed is gone.
    func forget(keeping depth: Int) throws(TeachError) {
        let newestForgotten = try database.first(
            "SELECT id FROM step ORDER BY id DESC LIMIT 1 OFFSET ?", .integer(depth)
        ) { (row) throws(TeachError) in try row.integer(0) }
        guard let newestForgotten else { return }
        let last = Database.Value.integer(newestForgotten)
        try database.run("DELETE FROM picture WHERE example IN (SELECT id FROM example WHERE removed <= ?)", last)
        try database.run("DELETE FROM example WHERE removed <= ?", last)
        try database.run("DELETE FROM class WHERE removed <= ?", last)
        try database.run("DELETE FROM step WHERE id <= ?", last)
    }

    /// Gives pages that nothing uses back to the disk, some at a time. Outside of a transaction.
    func shrink() throws(TeachError) {
        // A step of this PRAGMA is a page.
        _ = try database.all("PRAGMA incremental_vacuum(2000)") { (_) throws(TeachError) in }
    }
}
