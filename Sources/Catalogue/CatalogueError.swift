package import Infer
package import Pipeline

/// Why a model cannot be found, fetched or stored; says what to do next.
package enum CatalogueError: Error, CustomStringConvertible {
    // The command is wrong.
    case unknownEntry(name: String, near: [String])
    case badName(String)
    case reservedName(String)
    case taken(name: String)
    case notStored(name: String, isShipped: Bool)
    case badAddress(String)
    case cardWithoutModel(card: String)
    case noDataFolder

    // The model cannot be used.
    case unknownModel(name: String, near: [String])
    case notFetched(name: String, bytes: Int)
    case shippedMissing(name: String, looked: [String])
    case defaultMissing(looked: [String])
    case catalogueMissing(looked: [String])
    case catalogue(ConfigError)
    case model(InferError)
    case labelsBesideMetadata(model: String)
    case cannotRead(path: String, reason: String)

    // The file did not come.
    case unreachable(Source, reason: String)
    case refused(Source, status: Int)
    case sizeDiffers(Source, bytes: Int, expected: Int)
    case checksumDiffers(Source, found: String, expected: String)
    case interrupted(name: String, kept: Int, of: Int)

    // It cannot be written.
    case diskFull(path: String, kept: Int)
    case noRoom(path: String, needed: Int, free: Int)
    case cannotWrite(path: String, reason: String)

    /// What was to be fetched from where.
    package struct Source: Sendable, Equatable {
        package let name: String
        package let address: String
        package let file: String
    }

    package enum Category: Sendable { case usage, badInput, unavailable, interrupted, cannotWrite, other }

    package var category: Category {
        switch self {
        case .unknownEntry, .badName, .reservedName, .taken, .notStored, .badAddress, .cardWithoutModel,
            .noDataFolder:
            .usage
        case .unknownModel, .notFetched, .shippedMissing, .defaultMissing, .catalogueMissing, .catalogue,
            .labelsBesideMetadata,
            .cannotRead:
            .badInput
        case .model(let error): error.isLack ? .other : error.isUsage ? .usage : .badInput
        case .unreachable, .refused, .sizeDiffers, .checksumDiffers: .unavailable
        case .interrupted: .interrupted
        case .diskFull, .noRoom, .cannotWrite: .cannotWrite
        }
    }

    package var description: String {
        switch self {
        case .unknownEntry(let name, let near):
            "the catalogue has no model '\(redacted(name))'\(Self.didYouMean(near)); 'camstream models' lists them"
        case .badName(let name):
            "a model cannot be called '\(redacted(name))'; allowed: \(ModelName.rule); give another with --name"
        case .reservedName(let name):
            "'\(name)' is the name of another model, one of camstream's own; give another with --name"
        case .taken(let name):
            "there is a model '\(name)' already; give another name with --name, or --force to replace it"
        case .notStored(let name, let isShipped):
            isShipped
                ? "'\(name)' came with camstream and is not removed"
                : "no model '\(name)' was fetched or added; 'camstream models' lists what is there"
        case .badAddress(let address):
            "cannot fetch from '\(redacted(address))': an address that begins with https:// or http:// is needed"
        case .cardWithoutModel(let card):
            "a card is given (\(card)) but no model; name the model with --model, or give the card itself as --model"
        case .noDataFolder:
            "there is no place for models: set HOME, or XDG_DATA_HOME, to a folder's absolute path"
        default: fileDescription
        }
    }

    private var fileDescription: String {
        switch self {
        case .unknownModel(let name, let near):
            "no file and no model is called '\(redacted(name))'\(Self.didYouMean(near)); 'camstream models' lists those there are"
        case .notFetched(let name, let bytes):
            "model '\(name)' is not on this machine; get it (\(byteText(bytes))) with: camstream models fetch \(name)"
        case .shippedMissing(let name, let looked):
            "the model '\(name)', which comes with camstream, is missing (looked in \(looked.joined(separator: ", "))); "
                + "install camstream again, or run scripts/setup.sh in a checkout"
        case .defaultMissing(let looked):
            "no model is named, and the default one is missing (looked in \(looked.joined(separator: ", "))); "
                + "name one with --model FILE or NAME"
        case .catalogueMissing(let looked):
            "the catalogue of models is missing (looked in \(looked.joined(separator: ", "))); install camstream again"
        case .catalogue(let error): "the catalogue of models is damaged: \(error); install camstream again"
        case .model(let error): error.description
        case .labelsBesideMetadata(let model):
            "\(model): the card in its metadata names a file of labels; add it with a card of its own (--card FILE)"
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .interrupted(let name, let kept, let total):
            kept == 0
                ? "\(name): interrupted; nothing was fetched"
                : "\(name): interrupted after \(byteText(kept)) of \(byteText(total)); fetch it again to go on from there"
        case .diskFull(let path, let kept):
            "the disk is full: cannot write \(path); make room and try again"
                + (kept > 0 ? " (it goes on after the \(byteText(kept)) that are there)" : "")
        case .noRoom(let path, let needed, let free):
            "not enough room in \(path): \(byteText(needed)) are needed, \(byteText(free)) are free; make room, "
                + "or set XDG_DATA_HOME to another place"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        default: transferDescription
        }
    }

    private var transferDescription: String {
        switch self {
        case .unreachable(let source, let reason):
            "\(source.name): cannot fetch \(source.shownAddress): \(reason); \(source.byHand)"
        case .refused(let source, let status):
            "\(source.name): the server has no such file or refuses it (HTTP status \(status)): "
                + "\(source.shownAddress); \(source.byHand)"
        case .sizeDiffers(let source, let bytes, let expected):
            "\(source.name): \(source.shownAddress) sends \(bytes) bytes, not the published \(expected): it is another "
                + "file, or a login page of this network; nothing is kept; \(source.byHand)"
        case .checksumDiffers(let source, let found, let expected):
            "\(source.name): what came from \(source.shownAddress) has the SHA-256 checksum \(found), not the published "
                + "\(expected); it is damaged or another file, and nothing of it is kept"
        default: ""
        }
    }

    private static func didYouMean(_ names: [String]) -> String {
        names.isEmpty ? "" : "; did you mean \(names.map { "'\($0)'" }.joined(separator: ", "))?"
    }
}

extension CatalogueError.Source {
    fileprivate var shownAddress: String { redacted(address) }

    fileprivate var byHand: String {
        "or get \(file) in another way and add it with: camstream models add \(file)"
    }
}

/// A number of bytes for people, such as "46.8 MB".
package func byteText(_ bytes: Int) -> String {
    switch bytes {
    case ..<1000: return "\(bytes) bytes"
    case ..<999_950: return tenths(bytes, of: 1000) + " kB"
    case ..<999_950_000: return tenths(bytes, of: 1_000_000) + " MB"
    default: return tenths(bytes, of: 1_000_000_000) + " GB"
    }
}

private func tenths(_ value: Int, of unit: Int) -> String {
    let tenths = (value + unit / 20) / (unit / 10)
    return "\(tenths / 10).\(tenths % 10)"
}
