import Foundation

/// How a head is fitted.
package struct HeadFitOptions: Sendable, Equatable {
    /// Strengths of L2 that may be tried, from strong to weak. Features are standardised, so that they suit any backbone.
    package var strengths = (-4...8).map { pow(10, -Double($0) / 2) }
    /// Where the search begins, in the list: at 1.
    package var firstStrength = 4
    /// What it is where nothing can be tried.
    package var usualStrength = 0.1
    /// Folds by which L2 and temperature are chosen; fewer where a class has fewer groups.
    package var folds = 5
    /// Where a class has fewer examples than that, all classes weigh the same.
    package var balancesBelow = 20
    /// Of the folds.
    package var seed: UInt64 = 0
    /// The result does not depend on it.
    package var threads: Int

    package init(threads: Int = ProcessInfo.processInfo.activeProcessorCount) { self.threads = threads }
}
