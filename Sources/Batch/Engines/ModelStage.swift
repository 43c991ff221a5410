import Glibc
import Pipeline

/// Copies of a model's files on a disk of this machine, for all tasks that run here. The first task makes them; where several
/// do at once, one's are taken. No locks: copies get their place in one step, when they are whole.
package struct ModelStage: Sendable {
    private let folder: String

    /// - Parameter folder: this user's alone, since what is in it is run; it is made.
    /// - Throws: `BatchError.cannotWrite` if it cannot be made, or others may write to it.
    package init(_ folder: String) throws(BatchError) {
        self.folder = folder
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw Self.failure(folder) }
        var status = stat()
        guard lstat(folder, &status) == 0 else { throw Self.failure(folder) }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
            status.st_mode & (S_IWGRP | S_IWOTH) == 0
        else { throw .cannotWrite(path: folder, reason: "it is not a folder of this user alone") }
    }

    /// - Returns: the model where its copies are; each is what was planned with.
    /// - Throws: `BatchError.otherModel` if a file is another one than was planned with, `.cannotRead`, `.cannotWrite`.
    package func callAsFunction(_ model: PlanHead.Model) throws(BatchError) -> PlanHead.Model {
        let key = Checksum.hexDigits(
            of: Array(model.files.map { "\($0.sha256) \($0.path)" }.joined(separator: "\n").utf8)
        ).prefix(32)
        let place = "\(folder)/model-\(key)"
        let staged = Self.moved(model, below: place)
        if Self.isWhole(staged) { return staged }
        let temporary = "\(place).\(getpid())-\(UInt32.random(in: 0 ... .max)).part"
        defer { removeTree(temporary) }
        for file in model.files { try Self.copy(file, to: "\(temporary)\(file.path)") }
        if rename(temporary, place) != 0 {
            guard errno == EEXIST || errno == ENOTEMPTY else { throw Self.failure(place) }
            // Another task was faster; or they are damaged, and go before these take their place.
            if Self.isWhole(staged) { return staged }
            let old = "\(temporary).old"
            if rename(place, old) == 0 { removeTree(old) }
            if rename(temporary, place) != 0, !Self.isWhole(staged) { throw Self.failure(place) }
        }
        return staged
    }

    /// Below the folder, paths are what they were, so that what files say of each other goes on holding.
    private static func moved(_ model: PlanHead.Model, below place: String) -> PlanHead.Model {
        func moved(_ path: String) -> String {
            model.files.contains { $0.path == path } ? place + path : path
        }
        return PlanHead.Model(
            path: moved(model.path), card: model.card.map(moved), detector: model.detector.map(moved),
            files: model.files.map { PlanHead.File(path: place + $0.path, sha256: $0.sha256) })
    }

    private static func isWhole(_ model: PlanHead.Model) -> Bool {
        model.files.allSatisfy { (try? InputStamp.checksum($0.path)) == $0.sha256 }
    }

    private static func copy(_ file: PlanHead.File, to path: String) throws(BatchError) {
        do throws(JobFailure) {
            try makeFolder(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]), 0o700)
        } catch {
            throw .cannotWrite(path: path, reason: "\(error)")
        }
        let source = open(file.path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw .cannotRead(path: file.path, reason: String(cString: strerror(errno))) }
        defer { close(source) }
        let target = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard target >= 0 else { throw failure(path) }
        defer { close(target) }
        var checksum = Checksum()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = read(source, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .cannotRead(path: file.path, reason: String(cString: strerror(errno))) }
            if count == 0 { break }
            checksum.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            var done = 0
            while done < count {
                let written = Glibc.write(target, buffer.baseAddress! + done, count - done)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw failure(path) }
                done += written
            }
        }
        guard checksum.hexDigits() == file.sha256 else { throw .otherModel(path: file.path) }
    }

    private static func failure(_ path: String) -> BatchError {
        .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
}
