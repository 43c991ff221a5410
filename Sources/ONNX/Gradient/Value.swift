/// A tensor of the backward graph. Arithmetic with values writes operators into their graph.
struct Value {
    /// It keeps its values: were it kept in turn, it and the model's weights would never be freed.
    unowned let graph: BackwardGraph
    let name: String
    let shape: [Int]

    var rank: Int { shape.count }
    var count: Int { shape.reduce(1, *) }

    static prefix func - (x: Value) -> Value { x.unary("Neg") }

    static func + (a: Value, b: Value) -> Value { a.graph.elementwise("Add", a, b) }
    static func - (a: Value, b: Value) -> Value { a.graph.elementwise("Sub", a, b) }
    static func * (a: Value, b: Value) -> Value { a.graph.elementwise("Mul", a, b) }
    static func / (a: Value, b: Value) -> Value { a.graph.elementwise("Div", a, b) }

    static func + (a: Value, b: Float) -> Value { a + a.graph.scalar(b) }
    static func - (a: Value, b: Float) -> Value { a - a.graph.scalar(b) }
    static func * (a: Value, b: Float) -> Value { a * a.graph.scalar(b) }
    static func / (a: Value, b: Float) -> Value { a / a.graph.scalar(b) }
    static func - (a: Float, b: Value) -> Value { b.graph.scalar(a) - b }
    static func / (a: Float, b: Value) -> Value { b.graph.scalar(a) / b }

    /// An operator that keeps the shape.
    func unary(_ op: String, _ attributes: [NodeAttribute] = []) -> Value {
        graph.apply(op, [name], attributes, shape: shape)
    }

    var exponential: Value { unary("Exp") }
    var squareRoot: Value { unary("Sqrt") }
    var logistic: Value { unary("Sigmoid") }

    func power(_ exponent: Value) -> Value { graph.elementwise("Pow", self, exponent) }
    func power(_ exponent: Float) -> Value { power(graph.scalar(exponent)) }
}

/// Truth values, one for each element.
struct Mask {
    fileprivate let value: Value

    static func && (a: Mask, b: Mask) -> Mask { Mask(a.value.graph.elementwise("And", a.value, b.value)) }

    /// What a value is compared with: another one, or a number.
    enum Operand: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
        case value(Value)
        case number(Float)

        init(floatLiteral number: Float) { self = .number(number) }
        init(integerLiteral number: Int) { self = .number(Float(number)) }
    }

    init(_ value: Value) { self.value = value }

    /// 1 where it is true, else 0.
    var asFloat: Value {
        value.unary("Cast", [.int("to", ElementType.float32.rawValue)])
    }

    /// One value where it is true, another where it is not.
    func choose(_ yes: Value, else no: Value) -> Value {
        let shape = Broadcast.shape(value.shape, Broadcast.shape(yes.shape, no.shape))
        return value.graph.apply("Where", [value.name, yes.name, no.name], shape: shape)
    }
}

extension Value {
    static func > (a: Value, b: Mask.Operand) -> Mask { a.compared("Greater", b) }
    static func < (a: Value, b: Mask.Operand) -> Mask { a.compared("Less", b) }
    static func >= (a: Value, b: Mask.Operand) -> Mask { a.compared("GreaterOrEqual", b) }
    static func <= (a: Value, b: Mask.Operand) -> Mask { a.compared("LessOrEqual", b) }

    private func compared(_ op: String, _ other: Mask.Operand) -> Mask {
        switch other {
        case .value(let other): Mask(graph.elementwise(op, self, other))
        case .number(let number): Mask(graph.elementwise(op, self, graph.scalar(number)))
        }
    }

    func isEqual(to other: Value) -> Mask { Mask(graph.elementwise("Equal", self, other)) }

    /// Itself where the mask is true, else 0.
    func kept(where mask: Mask) -> Value { mask.choose(self, else: graph.scalar(0)) }
}

/// Shapes of elementwise operators.
enum Broadcast {
    /// The shape that two operands make together.
    static func shape(_ a: [Int], _ b: [Int]) -> [Int] {
        let rank = max(a.count, b.count)
        return zip(padded(a, to: rank), padded(b, to: rank)).map { $0 == 1 ? $1 : $0 }
    }

    /// Whether a tensor of one shape can have been broadcast to another.
    static func reaches(_ wide: [Int], from narrow: [Int]) -> Bool {
        narrow.count <= wide.count && zip(padded(narrow, to: wide.count), wide).allSatisfy { $0 == $1 || $0 == 1 }
    }

    /// With leading dimensions of 1.
    static func padded(_ shape: [Int], to rank: Int) -> [Int] {
        [Int](repeating: 1, count: max(0, rank - shape.count)) + shape
    }
}
