import Pipeline

extension Schemas {
    static let teaching: [String: JSONValue] = [
        "TeachState": object(
            [
                "name": text("The set's."), "backbone": text("What the features come from."),
                "classes": list(of: reference("TaughtClass")),
                "maximum_examples": count("How many examples there may be."),
                "fewest_examples": count("Of a class, until a head is fitted."),
                "undoes": text("What undo takes back; not there: there is nothing."),
                "head": reference("TaughtHead"), "model": reference("TaughtModel"),
                "problem": text("Why nothing is kept just now."),
            ], optional: ["undoes", "problem"]),
        "TaughtClass": object([
            "id": count("Stays the same as long as the class is there."), "name": text("Its name."),
            "examples": count("How many it has."),
        ]),
        "TaughtHead": object(
            [
                "number": count("Of the head that holds; not there: there is none yet."),
                "is_fitting": flag("Whether one is being fitted."),
                "milliseconds": number("From the last change until the head held."),
                "problem": text("Why there is none, or not a newer one."),
            ], optional: ["number", "milliseconds", "problem"]),
        "TaughtModel": object(
            [
                "is_being_made": flag("Whether one is being made."), "step": text("What is being done."),
                "made_at": number("When the one that is there was made; seconds since 1970."),
                "accuracy": number("Of what was held out, 0 to 1."),
                "problem": text("Why the last one could not be made."),
            ], optional: ["step", "made_at", "accuracy", "problem"]),
    ]
}
