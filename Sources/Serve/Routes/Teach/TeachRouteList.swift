import HTTPTypes
import HummingbirdCore
import NIOCore
import Pipeline

extension TeachRoutes {
    /// All that can be asked of a set that is taught.
    var list: [Route] {
        let state = Schemas.reference("TeachState")
        return [
            route(.get, "", "How far teaching is", state, answer: self.state),
            route(
                .post, "/classes", "Adds a class", Schemas.object(["id": number("The new class's number.")]),
                body: Schemas.object(["name": name]), refusals: [.conflict, .storage], answer: addClass),
            route(
                .patch, "/classes", "Gives a class another name", state,
                body: Schemas.object(["id": number("The class's."), "name": name]), refusals: [.conflict, .storage],
                answer: renameClass),
            route(
                .delete, "/classes", "Removes a class with all its examples", state, fields: [id("The class's number")],
                refusals: [.conflict, .storage], answer: removeClass),
            route(
                .post, "/examples", "Makes the next picture an example of a class",
                Schemas.object([
                    "id": number("The example's number."),
                    "is_new": Schemas.flag("False: it is nearly the same as this one, which the class has already."),
                ]), body: Schemas.object(["class": number("The class's number.")]),
                refusals: [
                    .conflict, .storage,
                    .init(.serviceUnavailable, "Too many wait for a picture; Retry-After says when to try again."),
                ], answer: take),
            route(
                .get, "/examples", "The numbers of a class's examples, the newest first",
                Schemas.object(["examples": Schemas.list(of: number("An example's number."))]),
                fields: [
                    .init(name: "class", schema: number("The class's."), help: "The class's number", isRequired: true),
                    .init(
                        name: "from", schema: integer(in: Self.beginnings), help: "How many are passed over; else none"),
                    .init(
                        name: "count", schema: integer(in: Self.listedExamples), help: "How many at most; else 100"),
                ], answer: examples),
            route(
                .delete, "/examples", "Removes an example", state, fields: [id("The example's number")],
                refusals: [.conflict, .storage], answer: removeExample),
            route(
                .get, "/thumbnail.jpg", "A small picture of an example", [:], type: "image/jpeg",
                fields: [id("The example's number")], answer: thumbnail),
            route(
                .post, "/undo", "Takes the last change back, whoever made it", state, body: nothing,
                refusals: [.conflict, .storage], answer: undo),
            route(
                .post, "/clear", "Removes all classes but the empty one of nothing", state, body: nothing,
                refusals: [.conflict, .storage], answer: clear),
            route(
                .post, "/model", "Begins to make a model of the set, and its report", state, body: nothing,
                refusals: [.conflict, .storage], answer: makeModel),
            route(
                .get, "/model.onnx", "The model that was made last", [:], type: "application/octet-stream",
                refusals: FileAnswer.refusals, answer: model),
            route(
                .get, "/report.html", "Its report, for people", ["type": "string"], type: "text/html",
                refusals: FileAnswer.refusals, answer: report),
            route(
                .get, "/report.json", "Its report, for programs", ["type": "object"], refusals: FileAnswer.refusals,
                answer: numbers),
        ]
    }

    private func route(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, _ schema: JSONValue,
        type: String = "application/json", fields: [Route.Field] = [], body: JSONValue? = nil,
        refusals: [Route.Refusal] = [],
        answer: @escaping @Sendable (ServedCamera, Request, any NIOCore.Channel) async throws -> Response
    ) -> Route {
        var all = refusals + [.init(.notFound, "The camera is not taught, or there is no such thing.")]
        if body != nil { all += SentObject.refusals }
        if !fields.isEmpty { all.append(.init(.badRequest, "The address has no such number, or a wrong one.")) }
        return Route(
            method: method, path: "/api/teach" + path, access: method == .get ? .view : .control, summary: summary,
            type: type, schema: schema, fields: fields, body: body, refusals: all, answer: .camera(answer))
    }

    private var nothing: JSONValue { Schemas.object([:]) }

    private var name: JSONValue {
        [
            "type": "string", "minLength": .number(1), "maxLength": .number(Double(ClassName.longest)),
            "description": .text("The class's name: \(ClassName.allowed)."),
        ]
    }

    private func number(_ help: String) -> JSONValue { Schemas.count(help, in: NumberOfThing.range) }

    private func integer(in range: ClosedRange<Int>) -> JSONValue { Schemas.count("", in: range) }

    private func id(_ help: String) -> Route.Field {
        .init(name: "id", schema: number(help + "."), help: help, isRequired: true)
    }
}

extension Route.Refusal {
    fileprivate static let conflict = Self(.conflict, "It cannot be done just now.")
    fileprivate static let storage = Self(.insufficientStorage, "The disk does not take it.")
}
