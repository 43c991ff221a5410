import Foundation

/// Damages model files: some by bytes, most field by field, so that they are still read as models.
struct ModelMutator {
    private let corpus: [Data]
    /// Texts of all the corpus: names of operators, attributes, tensors.
    private let texts: [Data]
    private let parts: [WireTree.Field]

    init(_ corpus: [Data]) {
        self.corpus = corpus
        var texts: Set<Data> = []
        var parts: [WireTree.Field] = []
        for bytes in corpus {
            guard let tree = WireTree(bytes) else { continue }
            Self.collect(tree.fields, &texts, &parts)
        }
        self.texts = texts.sorted { $0.lexicographicallyPrecedes($1) }
        self.parts = parts
    }

    private static func collect(_ fields: [WireTree.Field], _ texts: inout Set<Data>, _ parts: inout [WireTree.Field]) {
        for field in fields {
            switch field.payload {
            case .bytes(let data) where data.count < 40: texts.insert(data)
            case .message(let inner):
                collect(inner, &texts, &parts)
                if parts.count < 20_000, WireTree.bytes(of: inner).count < 400 { parts.append(field) }
            default: break
            }
        }
    }

    func next(_ noise: inout some RandomNumberGenerator) -> Data {
        var bytes = corpus.randomElement(using: &noise)!
        if Int.random(in: 0..<8, using: &noise) == 0 { return damaged(bytes, &noise) }
        guard var tree = WireTree(bytes) else { return damaged(bytes, &noise) }
        for _ in 0..<Int.random(in: 1...5, using: &noise) { mutate(&tree.fields, &noise) }
        bytes = tree.bytes
        return bytes
    }

    /// Goes down into messages at random, and changes one field there.
    private func mutate(_ fields: inout [WireTree.Field], _ noise: inout some RandomNumberGenerator) {
        guard !fields.isEmpty else {
            if let part = parts.randomElement(using: &noise) { fields.append(part) }
            return
        }
        let index = Int.random(in: fields.indices, using: &noise)
        if case .message(var inner) = fields[index].payload, Int.random(in: 0..<6, using: &noise) > 0 {
            mutate(&inner, &noise)
            fields[index].payload = .message(inner)
            return
        }
        switch Int.random(in: 0..<10, using: &noise) {
        case 0: fields.remove(at: index)
        case 1: fields.insert(fields[index], at: index)
        case 2: fields.swapAt(index, Int.random(in: fields.indices, using: &noise))
        case 3: if let part = parts.randomElement(using: &noise) { fields.insert(part, at: index) }
        case 4: fields[index].number = UInt64.random(in: 1...30, using: &noise)
        default: fields[index].payload = changed(fields[index].payload, &noise)
        }
    }

    private func changed(
        _ payload: WireTree.Payload, _ noise: inout some RandomNumberGenerator
    ) -> WireTree.Payload {
        switch payload {
        case .varint(let value):
            let telling: [Int64] = [
                0, 1, 2, 3, 4, 5, 7, 11, 13, 16, 18, 100, -1, -2, -3, 1 << 20, 1 << 24, 1 << 31, 1 << 40, .max, .min,
            ]
            if Int.random(in: 0..<3, using: &noise) == 0 {
                return .varint(value ^ (1 << UInt64.random(in: 0..<64, using: &noise)))
            }
            return .varint(UInt64(bitPattern: telling.randomElement(using: &noise)!))
        case .fixed32:
            let telling: [Float] = [0, 1, -1, 0.5, 1e-30, 3e38, .nan, .infinity, -.infinity]
            return .fixed32(withUnsafeBytes(of: telling.randomElement(using: &noise)!.bitPattern) { Data($0) })
        case .fixed64:
            return .fixed64(withUnsafeBytes(of: UInt64.random(in: 0...UInt64.max, using: &noise)) { Data($0) })
        case .bytes(let data):
            if let text = texts.randomElement(using: &noise), Int.random(in: 0..<3, using: &noise) > 0 {
                return .bytes(text)
            }
            return .bytes(damaged(data, &noise))
        case .message(let fields):
            return .message(
                Array(fields.shuffled(using: &noise).prefix(Int.random(in: 0...fields.count, using: &noise))))
        }
    }

    private func damaged(_ bytes: Data, _ noise: inout some RandomNumberGenerator) -> Data {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...8, using: &noise) where !bytes.isEmpty {
            let position = Int.random(in: 0..<bytes.count, using: &noise)
            switch Int.random(in: 0..<4, using: &noise) {
            case 0: bytes[position] ^= UInt8.random(in: 1...255, using: &noise)
            case 1: bytes = Data(bytes.prefix(position))
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &noise), at: position)
            default:
                let end = min(bytes.count, position + Int.random(in: 1...16, using: &noise))
                bytes.removeSubrange(position..<end)
            }
        }
        return bytes
    }
}
