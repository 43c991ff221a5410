import Foundation

/// Such as "1 clip", "2 clips".
package func counted(_ count: Int, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }

/// Such as "0.10".
package func fixed(_ number: Double, digits: Int) -> String { String(format: "%.\(digits)f", number) }

/// Such as "12.5 %".
package func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
