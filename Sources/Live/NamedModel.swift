/// A model that viewers may name, and where it is.
package struct NamedModel: Sendable, Equatable {
    let name: String
    let path: String

    package init(name: String, path: String) {
        self.name = name
        self.path = path
    }
}
