import Pipeline

/// Class activation mapping; the formula is `ClassActivation`'s.
struct CAM: CAMMethod {
    static let name = "cam"
    static let title = "CAM"
    static let needs = MethodNeeds.head

    init(_ options: MethodOptions) {}

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        let head = subject.passes.head!
        var values = [Float](repeating: 0, count: head.area)
        head.map(of: subject.target, subject.passes.tensor(of: subject.layer), into: &values)
        return RawMap(height: head.height, width: head.width, values: values)
    }
}
