import Serve

/// What is taught with a camera's pictures, for Prometheus. docs/reference/metrics.md tells the names.
enum TeachMetrics {
    private static let examples = "camstream_teach_examples"
    private static let classes = "camstream_teach_classes"
    private static let head = "camstream_teach_head"
    private static let refit = "camstream_teach_refit_seconds"

    static func add(_ metrics: Metrics, _ teacher: any LiveTeacher) {
        metrics.group([
            .init(examples, "Examples in the set that is taught.", isCounter: false),
            .init(
                classes, "Classes of the set that is taught, those with too few examples included.", isCounter: false),
            .init(head, "Number of the taught head that holds, counted since the start; 0: none.", isCounter: false),
            .init(refit, "From the last change of what is taught until a head that knows it held.", isCounter: false),
        ]) { [weak teacher] in
            guard let state = teacher?.progress else { return [] }
            return [
                .init(examples, Double(state.classes.reduce(0) { $0 + $1.examples })),
                .init(classes, Double(state.classes.count)), .init(head, Double(state.head.number ?? 0)),
            ] + (state.head.milliseconds.map { [.init(refit, $0 / 1000)] } ?? [])
        }
    }
}
