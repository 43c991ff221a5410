extension InferConfig {
    /// The classes that are named: whose map, and which one it is told apart from.
    package func classes(_ names: ClassNames) throws(InferError) -> (explained: Int?, versus: Int?) {
        let choice = ClassChoice(names)
        let explained = try explainedClass.map { wanted throws(InferError) in try choice(wanted) }
        let other = try versus.map { wanted throws(InferError) in try choice(wanted) }
        if let other, other == explained { throw .classVersusItself(names.shown[other]) }
        return (explained, other)
    }

    /// The classes of things that are looked for, of which a detector takes several.
    ///
    /// - Returns: none: all are.
    package func namedClasses(_ names: ClassNames) throws(InferError) -> Set<Int> {
        guard let wanted = explainedClass else { return [] }
        return Set(try ClassChoice(names).several(wanted))
    }

    /// The one class that is named, which may change while pictures flow; nil: none is, or several are.
    package func onlyClass(_ names: ClassNames) throws(InferError) -> Int? {
        let named = try namedClasses(names)
        var one = self
        one.explainedClass = named.count == 1 ? named.first.map(String.init) : nil
        return try one.classes(names).explained
    }
}

extension InferConfig {
    /// The settings by which the detector of two stages is read; nil: there is none.
    package var ofDetector: InferConfig? {
        detector.map { path in
            var settings = InferConfig()
            settings.model = path
            return settings
        }
    }
}
