import ONNX
import Pipeline
import Tracking

/// One method's side of a session: the maps that it makes of each target, and what makes them steady.
struct MethodMaps {
    let method: any CAMMethod
    /// The tensors that it maps; none where it maps the picture itself.
    let layers: [String]
    let title: MapMethod
    var steady: SteadyMaps
    private var raw: LayerMaps

    init(_ method: MethodOnLayers, _ classifier: CompiledClassifier, _ fusion: LayerFusion, _ settings: MapSettings) {
        self.method = method.method
        layers = method.layers.map { classifier.layers[$0].tensor }
        let kind = type(of: method.method)
        title = MapMethod(name: kind.name, title: kind.title)
        steady = SteadyMaps(settings, kind.traits, classes: classifier.classes)
        raw = LayerMaps(method, fusion)
    }

    /// As the method makes it.
    mutating func rawMap(of target: ExplanationTarget, _ passes: Passes) throws(InferError) -> RawMap {
        try raw.map(of: target, passes)
    }

    /// Explains other classes from now on, of which nothing is known yet.
    mutating func explain(classes count: Int, _ settings: MapSettings) {
        steady = SteadyMaps(settings, type(of: method).traits, classes: count)
        raw.forget()
    }

    /// Explains the classes of another list from now on; those that are in both go on.
    mutating func renumber(_ numbers: Renumbering, _ settings: MapSettings) {
        steady.renumber(numbers)
        steady.settings = settings
        raw.forget()
    }

    /// Forgets the pictures before.
    mutating func forget() {
        steady.forget()
        raw.forget()
    }
}
