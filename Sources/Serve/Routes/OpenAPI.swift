import HTTPTypes
package import Pipeline

/// The OpenAPI 3.1 document, made from the routes and the settings: it cannot tell other than what is true.
enum OpenAPI {
    /// - Parameters:
    ///   - cameras: those that there are just now; one without a name has its routes at the root.
    ///   - cookieName: nil: nobody is asked who comes.
    static func document(_ routes: Routes, _ cameras: [ServedCamera], cookieName: String?) async -> JSONValue {
        let areNamed = cameras.first?.name != ""
        let asksWhoComes = cookieName != nil
        var paths: [String: JSONValue] = [:]
        for (path, methods) in Dictionary(grouping: routes.described(areNamed: areNamed), by: \.path) {
            var operations: [String: JSONValue] = [:]
            for route in methods {
                operations[route.method.rawValue.lowercased()] = operation(route, asksWhoComes: asksWhoComes)
            }
            if path.hasPrefix(Routes.prefix) { operations["parameters"] = [name(of: cameras)] }
            paths[path] = .object(operations)
        }
        var schemas = Schemas.all
        var settings: [Setting] = []
        for camera in cameras { settings = merged(settings, await camera.program.settings()) }
        schemas["Settings"] = schema(settings)
        var components: [String: JSONValue] = ["schemas": .object(schemas)]
        if let cookieName {
            components["securitySchemes"] = [
                "bearer": ["type": "http", "scheme": "bearer"], "basic": ["type": "http", "scheme": "basic"],
                "token": ["type": "apiKey", "in": "query", "name": "token"],
                "cookie": ["type": "apiKey", "in": "cookie", "name": .text(cookieName)],
            ]
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "camstream", "version": "1",
                "description": areNamed
                    ? "The live pictures of cameras, what is seen in them, and the settings."
                    : "The live picture of one camera, what is seen in it, and the settings.",
            ],
            // Relative to the document, so that it is right behind a proxy's prefix, too.
            "servers": [["url": ".."]],
            "paths": .object(paths), "components": .object(components),
        ]
    }

    /// The part of a path that names a camera.
    private static func name(of cameras: [ServedCamera]) -> JSONValue {
        var schema: [String: JSONValue] = ["type": "string", "pattern": "^[a-z0-9_-]{1,63}$"]
        // Those of this moment.
        if !cameras.isEmpty { schema["enum"] = .list(cameras.map { .text($0.name) }) }
        return [
            "name": "camera", "in": "path", "required": .flag(true),
            "description": "A camera's name, as in api/cameras.",
            "schema": .object(schema),
        ]
    }

    /// The settings of one camera, and what another one has more: each key may have what it may have at any of them.
    private static func merged(_ known: [Setting], _ others: [Setting]) -> [Setting] {
        var merged = known
        for other in others {
            guard let index = merged.firstIndex(where: { $0.key == other.key }) else {
                merged.append(other)
                continue
            }
            let setting = merged[index]
            let kind: Setting.Kind
            switch (setting.kind, other.kind) {
            case (.number(let one, let step, let unit), .number(let another, _, _)):
                let least = min(one.lowerBound, another.lowerBound)
                kind = .number(least...max(one.upperBound, another.upperBound), step: step, unit: unit)
            case (.choice(let some), .choice(let more)) where some != more:
                let values = Set(some.map(\.value))
                kind = .choice(some + more.filter { !values.contains($0.value) })
            default: continue
            }
            merged[index] = Setting(
                setting.key, title: setting.title, help: setting.help, kind: kind, value: setting.value)
        }
        return merged
    }

    private static func operation(_ route: Route, asksWhoComes: Bool) -> JSONValue {
        let schema = route.type == "text/event-stream" ? ["type": "string"] : route.schema
        var content: [String: JSONValue] = ["schema": schema]
        // OpenAPI 3.1 has no word for the schema of one event's data.
        if route.type == "text/event-stream" { content["x-events"] = route.schema }
        var contents: [String: JSONValue] = [route.type: .object(content)]
        for type in route.otherTypes { contents[type] = ["schema": .object([:])] }
        var answers: [String: JSONValue] = ["200": ["description": "Done.", "content": .object(contents)]]
        for (status, refusals) in Dictionary(grouping: route.allRefusals(asksWhoComes: asksWhoComes), by: \.status) {
            answers["\(status.code)"] = refusal(refusals)
        }
        var operation: [String: JSONValue] = ["summary": .text(route.summary)]
        if !route.fields.isEmpty {
            operation["parameters"] = .list(
                route.fields.map { field in
                    [
                        "name": .text(field.name), "in": "query", "description": .text(field.help),
                        "required": .flag(field.isRequired), "schema": field.schema,
                    ]
                })
        }
        if let schema = route.body {
            operation["requestBody"] = [
                "required": .flag(true), "content": ["application/json": ["schema": schema]],
            ]
        }
        if route.access != .open, asksWhoComes {
            operation["security"] = [["bearer": []], ["basic": []], ["token": []], ["cookie": []]]
        }
        operation["responses"] = .object(answers)
        return .object(operation)
    }

    /// The same status for several reasons is one answer.
    private static func refusal(_ all: [Route.Refusal]) -> JSONValue {
        var answer: [String: JSONValue] = ["description": .text(all.map(\.meaning).joined(separator: " "))]
        let content = Set(all.compactMap(\.type)).map { type -> (String, JSONValue) in
            (type, ["schema": type == "application/json" ? Schemas.reference("Problem") : ["type": "string"]])
        }
        if !content.isEmpty { answer["content"] = .object(Dictionary(content) { first, _ in first }) }
        return .object(answer)
    }

    /// Any of the settings; those that are not sent stay.
    private static func schema(_ settings: [Setting]) -> JSONValue {
        let properties = settings.map { setting -> (String, JSONValue) in
            var property: [String: JSONValue] = [
                "title": .text(setting.title), "description": .text(setting.help), "default": setting.value,
            ]
            switch setting.kind {
            case .toggle: property["type"] = "boolean"
            case .number(let range, _, _):
                property["type"] = "number"
                property["minimum"] = .number(range.lowerBound)
                property["maximum"] = .number(range.upperBound)
            case .choice(let choices):
                property["enum"] = .list(accepted(choices))
            }
            return (setting.key, .object(property))
        }
        return [
            "type": "object", "additionalProperties": .flag(false),
            "properties": .object(Dictionary(properties) { first, _ in first }),
        ]
    }

    /// All values, then what else `Setting.checked` takes for one: a class's number as a number, a title that is unique.
    private static func accepted(_ choices: [Setting.Choice]) -> [JSONValue] {
        let values = Set(choices.map(\.value))
        let titles = Dictionary(grouping: choices, by: { $0.title.lowercased() })
        return choices.map { .text($0.value) }
            + choices.compactMap { Int($0.value) }.map { .number(Double($0)) }
            + choices.filter { !values.contains($0.title) && titles[$0.title.lowercased()]?.count == 1 }
            .map { .text($0.title) }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    package init(stringLiteral value: String) { self = .text(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { first, _ in first })
    }
}
