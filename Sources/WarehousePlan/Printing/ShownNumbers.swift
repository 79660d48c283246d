import WarehouseBasics

/// The numbers by which a plan with a secure view in it shows its columns: 1, 2, … as they come. Their ids are given out
/// within the view's text too, and would tell how many columns there are in what it reads.
final class ShownNumbers: Sendable {
    @TaskLocal private static var current: ShownNumbers?

    private let numbers = Lock<[ColumnID: Int]>([:])

    /// Prints a plan by `body`.
    static func within<Result>(_ plan: LogicalPlan, _ body: () -> Result) -> Result {
        holdsFence(plan) ? $current.withValue(ShownNumbers(), operation: body) : body()
    }

    static func text(_ id: ColumnID) -> String { current.map { "#\($0.number(of: id))" } ?? id.description }

    private func number(of id: ColumnID) -> Int {
        numbers.withLock { numbers in
            if let known = numbers[id] { return known }
            numbers[id] = numbers.count + 1
            return numbers.count
        }
    }

    private static func holdsFence(_ plan: LogicalPlan) -> Bool { plan.isFence || plan.shownInputs.contains(where: holdsFence) }
}
