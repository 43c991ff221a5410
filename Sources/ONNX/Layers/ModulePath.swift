/// A module as the frameworks that models come from name it: "layer4", "layer4.1", "features/stage3". Exporters build the names of
/// tensors from the modules that they are made in: "/layer4/layer4.1/relu/Relu_output_0".
struct ModulePath {
    private let parts: [Substring]

    init(_ name: String) { parts = Self.parts(name.lowercased()) }

    /// - Returns: nil if no layer is made in such a module, or several modules have this name.
    func last(of layers: [Layer]) -> Layer? {
        guard !parts.isEmpty else { return nil }
        let found = layers.compactMap { layer in parents(of: layer.tensor).map { (layer, $0) } }
        // What is named from the root on is the module's whole name.
        if let whole = found.last(where: { $0.1.isEmpty }) { return whole.0 }
        guard let last = found.last, found.allSatisfy({ $0.1 == last.1 }) else { return nil }
        return last.0
    }

    /// The modules around this one, where the tensor is made inside of it; nil: it is not.
    private func parents(of tensor: String) -> [String]? {
        let all = Self.parts(tensor.lowercased())
        // The last part is the tensor's own.
        guard parts.count < all.count else { return nil }
        let place = (0..<(all.count - parts.count)).first { all[$0...].starts(with: parts) }
        return place.map { all[..<$0].map(String.init) }
    }

    private static func parts(_ name: String) -> [Substring] { name.split { "/.:_".contains($0) } }
}
