package import Pipeline

/// Why a set cannot be taught or read.
package enum TeachError: Error, Equatable, CustomStringConvertible {
    /// Neither variable names an absolute path.
    case noPlace
    case badName(String)
    /// There is no set of that name; these are there.
    case missing(name: String, folder: String, present: [String])
    /// Another process teaches it.
    case inUse(name: String)
    case cannotOpen(path: String, reason: String)
    case damaged(path: String, reason: String)
    /// It is a file of something else.
    case foreign(path: String)
    case newer(path: String, version: Int)
    /// Features of one model mean nothing to another.
    case otherBackbone(name: String, difference: String, model: String)
    case diskFull(path: String)
    case cannotWrite(path: String, reason: String)
    case resources(LackOfResources)

    package enum Category { case usage, badInput, cannotWrite, other }

    package var category: Category {
        switch self {
        case .noPlace, .badName: .usage
        case .missing, .inUse, .cannotOpen, .damaged, .foreign, .newer, .otherBackbone: .badInput
        case .diskFull, .cannotWrite: .cannotWrite
        case .resources: .other
        }
    }

    package var description: String {
        switch self {
        case .noPlace:
            "there is no place for what is taught: set HOME, or XDG_DATA_HOME, to a folder's absolute path"
        case .badName(let name):
            "'\(Printable.beginning(name))' cannot be the name of what is taught: \(TeachFolder.allowed)"
        case .missing(let name, let folder, let present):
            "nothing was taught as '\(name)' (\(folder)): "
                + (present.isEmpty
                    ? "begin with --teach \(name)" : "there is \(present.prefix(10).joined(separator: ", "))")
        case .inUse(let name):
            "'\(name)' is being taught by another process: end that one, or teach another name"
        case .cannotOpen(let path, let reason): "cannot open \(path): \(reason)"
        case .damaged(let path, let reason):
            "\(path) is damaged (\(reason)): put a copy in its place, or move it away to begin anew"
        case .foreign(let path):
            "\(path) is no set of examples: move it away, or teach another name"
        case .newer(let path, let version):
            "\(path) was written by a newer camstream (format \(version), this one knows \(SetFile.version)): "
                + "use that one, or teach another name"
        case .otherBackbone(let name, let difference, let model):
            "'\(name)' was taught with another model (\(difference)): use --model \(Printable.line(model)), "
                + "or teach another name"
        case .diskFull(let path): "the disk is full: \(path) takes nothing more; make room"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .resources(let lack): "\(lack)"
        }
    }
}
