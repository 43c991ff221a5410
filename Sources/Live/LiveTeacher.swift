package import Infer
package import Serve

/// What learns from a camera's pictures while they are shown. All of it may be called from any thread, and never blocks.
package protocol LiveTeacher: AnyObject, Sendable {
    /// Holds from the next picture on; nil: too little has been taught yet, and the model's own classes are shown.
    var head: TaughtHead? { get }
    /// Whether somebody wants the next picture: only then is one made for `take`.
    var wantsPicture: Bool { get }
    /// How far somebody has come, for those who measure.
    var progress: TeachState { get }
    /// A picture was looked at, while one was wanted.
    func take(_ picture: TaughtPicture)
}
