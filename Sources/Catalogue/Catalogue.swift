package import Infer
import Pipeline

/// The well-known classifiers that can be fetched by name: `models/catalogue/catalogue.yaml`, and a card beside it for
/// each.
package struct Catalogue: Sendable {
    package let entries: [Entry]
    private let folder: String

    package struct Entry: Decodable, Sendable, Equatable {
        package let name: String
        /// What the file is called where it is published.
        package let file: String
        package let bytes: Int
        /// Lower-case hexadecimal digits.
        package let sha256: String
        package let address: String
        /// What the network ends in: "GAP + dense", "class maps", or "none" where no map can be read off.
        package let head: String

        private enum Key: String, CodingKey, CaseIterable { case name, file, bytes, sha256, address, head }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.strictContainer(keyedBy: Key.self)
            name = try fields.decode(String.self, forKey: .name)
            file = try fields.decode(String.self, forKey: .file)
            bytes = try fields.decode(Int.self, forKey: .bytes)
            sha256 = try fields.decode(String.self, forKey: .sha256)
            address = try fields.decode(String.self, forKey: .address)
            head = try fields.decode(String.self, forKey: .head)
            try check()
        }

        private func check() throws(ConfigError) {
            guard ModelName.isValid(name) else {
                throw .outOfRange(key: "name", value: name, allowed: ModelName.rule)
            }
            guard bytes > 0 else { throw .outOfRange(key: "bytes", value: "\(bytes)", allowed: "1 or more") }
            guard sha256.count == 64, sha256.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else {
                throw .outOfRange(key: "sha256", value: sha256, allowed: "64 lower-case hexadecimal digits")
            }
            guard address.hasPrefix("https://") else {
                throw .outOfRange(key: "address", value: address, allowed: "an https address")
            }
        }
    }

    private struct File: Decodable {
        let models: [Entry]

        private enum Key: String, CodingKey, CaseIterable { case models }

        init(from decoder: any Decoder) throws {
            models = try decoder.strictContainer(keyedBy: Key.self).decode([Entry].self, forKey: .models)
        }
    }

    /// - Parameter folder: of `catalogue.yaml` and the cards.
    package init(folder: String) throws(CatalogueError) {
        self.folder = folder
        do throws(ConfigError) {
            entries = try YAMLFile.decode(File.self, path: "\(folder)/catalogue.yaml").models
        } catch {
            throw .catalogue(error)
        }
    }

    package func entry(named name: String) -> Entry? { entries.first { $0.name == name } }

    /// - Throws: `.unknownEntry`, with the names that look like it.
    package func requireEntry(named name: String) throws(CatalogueError) -> Entry {
        guard let entry = entry(named: name) else {
            throw .unknownEntry(name: name, near: nearNames(to: name, among: entries.map(\.name)))
        }
        return entry
    }

    package func cardPath(of entry: Entry) -> String { "\(folder)/\(entry.name).yaml" }

    /// The folder of all that the cards share with others that came with the program.
    var home: String { "\(folder)/../.." }

    package func card(of entry: Entry) throws(CatalogueError) -> ModelCard {
        do throws(InferError) {
            return try ModelCard(path: cardPath(of: entry))
        } catch {
            throw .model(error)
        }
    }

    /// The entry whose file this is, by size and checksum.
    package func entry(ofFile path: String) throws(CatalogueError) -> Entry? {
        guard let bytes = fileSize(path), entries.contains(where: { $0.bytes == bytes }) else { return nil }
        let sum = try Checksum.sha256(ofFile: path)
        return entries.first { $0.bytes == bytes && $0.sha256 == sum }
    }
}
