import WarehouseBasics
import WarehouseColumns

/// One aggregate call of an operator.
struct AggregateDefinition {
    /// Input columns: the call's arguments, then its order keys.
    var arguments: [Int]
    var resultType: PhysicalType
    /// The kind of its state and what it makes of it, where others may use it too.
    var shared: (state: SharedState, result: SharedResult)?
    /// Whether it counts all rows.
    var counts = false
    /// Whether it counts the values of its one argument.
    var countsArgument = false
    /// How it is computed on disk where its state has no room; nil: the state is small, or must fit.
    var external: ExternalAggregate?
    /// The call whose state it uses, and what it makes of it; nil: it has one of its own.
    var source: (call: Int, result: SharedResult)?
    /// A new empty state.
    var make: () throws -> Aggregator

    /// The same with a state that keeps nothing, where the rows are kept elsewhere.
    var withoutExternalState: AggregateDefinition {
        guard external != nil else { return self }
        var copy = self
        copy.make = { RowlessAggregator() }
        return copy
    }

    /// Changes the state of a call for another that uses it, too: MIN alone knows no greatest value.
    private static func keepTogether(_ call: inout AggregateDefinition) {
        guard let shared = call.shared, case .bounds(let type) = shared.state else { return }
        var isMaximum = false
        if case .maximum = shared.result { isMaximum = true }
        call.make = { BoundsAggregator(type, isMaximum: isMaximum) }
    }

    /// Lets calls use the states of others where they would be the same.
    static func share(_ calls: inout [AggregateDefinition], bindings: [ColumnBinding]) {
        struct StateKey: Hashable {
            var state: SharedState
            var arguments: [Int]
        }
        /// The first calls with a state of their own.
        var owners: [StateKey: Int] = [:]
        /// Of those that count their values, by the values; and the first of values that are never null.
        var counting: [[Int]: Int] = [:], countingAll: Int?
        for index in calls.indices {
            let call = calls[index]
            guard let shared = call.shared else { continue }
            if let first = owners[StateKey(state: shared.state, arguments: call.arguments)] {
                calls[index].source = (first, shared.result)
                keepTogether(&calls[first])
                continue
            }
            owners[StateKey(state: shared.state, arguments: call.arguments)] = index
            guard shared.state.counts else { continue }
            if counting[call.arguments] == nil { counting[call.arguments] = index }
            if countingAll == nil, call.arguments.allSatisfy({ !bindings[$0].mayBeNull }) { countingAll = index }
        }
        // A sum's count is that of the values: of all rows where none is null, and of the same argument anyway.
        for index in calls.indices where calls[index].counts || calls[index].countsArgument {
            let call = calls[index]
            let sums = [call.countsArgument ? counting[call.arguments] : nil, call.counts ? countingAll : nil]
            if let sum = sums.compactMap(\.self).min() { calls[index].source = (sum, .count(call.resultType)) }
        }
    }
}

/// Stands for an aggregate whose rows are all elsewhere.
final class RowlessAggregator: Aggregator {
    override func pushRows(_ body: @escaping (Batch) throws -> Void) throws {}
}
