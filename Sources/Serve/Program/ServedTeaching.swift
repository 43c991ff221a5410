/// A set of examples that viewers teach a camera's classifier with. All of it may be called from any thread, by several
/// viewers at once: each call is whole by itself, and on the disk when it returns. Answers come within milliseconds, but for
/// `take`, which waits for the next picture.
package protocol ServedTeaching: Sendable {
    var state: TeachState { get async }
    /// - Returns: the new class's number.
    func addClass(named: String) async throws(TeachRefusal) -> Int
    func renameClass(_ id: Int, to name: String) async throws(TeachRefusal)
    /// With all its examples.
    func removeClass(_ id: Int) async throws(TeachRefusal)
    /// Makes the next picture an example of a class.
    func take(forClass id: Int) async throws(TeachRefusal) -> TakenExample
    /// The numbers of a class's examples, the newest first.
    func examples(ofClass id: Int, from: Int, count: Int) async throws(TeachRefusal) -> [Int]
    func removeExample(_ id: Int) async throws(TeachRefusal)
    /// Takes the last change back, whoever made it.
    func undo() async throws(TeachRefusal)
    /// Removes all classes but the empty "none".
    func clear() async throws(TeachRefusal)
    /// A small JPEG; nil: there is no such example.
    func thumbnail(ofExample id: Int) async -> [UInt8]?
    /// Begins to make the model and its report of what there is, in the background; `state.model` tells how it goes.
    func makeModel() async throws(TeachRefusal)
    /// What was made last.
    ///
    /// - Returns: the path of a file that stays the same while it is open, and its name for people; nil: there is none.
    func made(_ file: TaughtFile) async -> (path: String, name: String)?
}

/// What is made of a taught set.
package enum TaughtFile: Sendable, CaseIterable { case model, report, numbers }

/// What became of a picture.
package enum TakenExample: Sendable, Equatable {
    case added(id: Int)
    /// It is nearly the same as one that its class has already.
    case known(id: Int)
}

/// Why something cannot be done, in one line.
package enum TeachRefusal: Error, Equatable {
    /// What was sent makes no sense.
    case invalid(String)
    /// There is no such class or example.
    case missing(String)
    /// It cannot be done just now: there is nothing to undo, the set is full, no picture comes.
    case conflict(String)
    /// The disk does not take it.
    case storage(String)
}

/// How far somebody has come with teaching.
package struct TeachState: Codable, Sendable, Equatable {
    /// The set's.
    package var name: String
    /// What the features come from.
    package var backbone: String
    /// In the order in which they are shown, and numbered on the keyboard.
    package var classes: [Class]
    /// How many examples there may be.
    package var maximumExamples: Int
    /// Of a class, until a head is fitted.
    package var fewestExamples: Int
    /// What `undo` takes back, such as "12 examples of cup"; nil: there is nothing.
    package var undoes: String?
    package var head: Head
    package var model: Model
    /// Why nothing is kept just now, such as a full disk.
    package var problem: String?

    package struct Class: Codable, Sendable, Equatable {
        /// Stays the same as long as the class is there.
        package var id: Int
        package var name: String
        package var examples: Int

        package init(id: Int, name: String, examples: Int) {
            (self.id, self.name, self.examples) = (id, name, examples)
        }
    }

    package struct Head: Codable, Sendable, Equatable {
        /// Of the head that holds; nil: there is none yet.
        package var number: Int?
        /// Whether one is being fitted.
        package var isFitting: Bool
        /// From the last change until the head held.
        package var milliseconds: Double?
        /// Why there is none, or not a newer one: "two classes with 5 examples each are needed".
        package var problem: String?

        package init(number: Int? = nil, isFitting: Bool = false, milliseconds: Double? = nil, problem: String? = nil) {
            (self.number, self.isFitting) = (number, isFitting)
            (self.milliseconds, self.problem) = (milliseconds, problem)
        }
    }

    package struct Model: Codable, Sendable, Equatable {
        /// Whether one is being made.
        package var isBeingMade: Bool
        /// What is being done, for people.
        package var step: String?
        /// When the one that is there was made; seconds since 1970; nil: there is none.
        package var madeAt: Double?
        /// Of what was held out, 0 to 1; nil: nothing was.
        package var accuracy: Double?
        /// Why the last one could not be made.
        package var problem: String?

        package init(
            isBeingMade: Bool = false, step: String? = nil, madeAt: Double? = nil, accuracy: Double? = nil,
            problem: String? = nil
        ) {
            (self.isBeingMade, self.step, self.madeAt) = (isBeingMade, step, madeAt)
            (self.accuracy, self.problem) = (accuracy, problem)
        }
    }

    package init(
        name: String, backbone: String, classes: [Class], maximumExamples: Int, fewestExamples: Int,
        undoes: String? = nil, head: Head = Head(), model: Model = Model(), problem: String? = nil
    ) {
        (self.name, self.backbone, self.classes) = (name, backbone, classes)
        (self.maximumExamples, self.fewestExamples) = (maximumExamples, fewestExamples)
        (self.undoes, self.head, self.model, self.problem) = (undoes, head, model, problem)
    }
}
