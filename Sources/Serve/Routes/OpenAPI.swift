import HTTPTypes

/// The OpenAPI 3.1 document, made from the routes and the settings: it cannot tell other than what is true.
enum OpenAPI {
    static func document(_ routes: [Route], _ settings: [Setting], asksWhoComes: Bool) -> JSONValue {
        var paths: [String: JSONValue] = [:]
        for (path, methods) in Dictionary(grouping: routes, by: \.path) {
            var operations: [String: JSONValue] = [:]
            for route in methods {
                operations[route.method.rawValue.lowercased()] = operation(route, asksWhoComes: asksWhoComes)
            }
            paths[path] = .object(operations)
        }
        var components: [String: JSONValue] = ["schemas": ["Settings": schema(settings), "Problem": problem]]
        if asksWhoComes {
            components["securitySchemes"] = [
                "bearer": ["type": "http", "scheme": "bearer"], "basic": ["type": "http", "scheme": "basic"],
            ]
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "camstream", "version": "1",
                "description": "The live picture of one camera, what is seen in it, and the settings.",
            ],
            // Relative to the document, so that it is right behind a proxy's prefix, too.
            "servers": [["url": ".."]],
            "paths": .object(paths), "components": .object(components),
        ]
    }

    private static func operation(_ route: Route, asksWhoComes: Bool) -> JSONValue {
        var answers: [String: JSONValue] = [
            "200": ["description": "Done.", "content": .object([route.type: ["schema": .object([:])]])]
        ]
        var operation: [String: JSONValue] = ["summary": .text(route.summary)]
        if !route.fields.isEmpty {
            operation["parameters"] = .list(
                route.fields.map { field in
                    [
                        "name": .text(field.name), "in": "query", "description": .text(field.help),
                        "schema": ["type": .text(field.type)],
                    ]
                })
        }
        if route.access == .control {
            let schema: JSONValue = ["$ref": "#/components/schemas/Settings"]
            operation["requestBody"] = [
                "required": .flag(true), "content": ["application/json": ["schema": schema]],
            ]
            answers["422"] = refusal("A setting cannot have this value; key, value and allowed tell more.")
            answers["403"] = refusal("The server is read-only, or the request comes from another site's page.")
        }
        if route.access != .open, asksWhoComes {
            answers["401"] = refusal("A password or a token is needed.")
            answers["429"] = refusal("Too many wrong ones; Retry-After tells when to try again.")
            operation["security"] = [["bearer": []], ["basic": []]]
        }
        operation["responses"] = .object(answers)
        return .object(operation)
    }

    private static func refusal(_ text: String) -> JSONValue {
        let schema: JSONValue = ["$ref": "#/components/schemas/Problem"]
        return ["description": .text(text), "content": ["application/json": ["schema": schema]]]
    }

    private static let problem: JSONValue = [
        "type": "object", "required": ["error"],
        "properties": [
            "error": ["type": "string"], "key": ["type": "string"], "value": .object([:]),
            "allowed": ["type": "string"],
        ],
    ]

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
                property["type"] = "string"
                property["enum"] = .list(choices.map { .text($0.value) })
            }
            return (setting.key, .object(property))
        }
        return [
            "type": "object", "additionalProperties": .flag(false),
            "properties": .object(Dictionary(properties) { first, _ in first }),
        ]
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    package init(stringLiteral value: String) { self = .text(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { first, _ in first })
    }
}
