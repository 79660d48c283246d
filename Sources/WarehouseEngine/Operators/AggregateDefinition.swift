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
        for index in calls.indices {
            let call = calls[index], key = call.shared.map { StateKey(state: $0.state, arguments: call.arguments) }
            defer { if let key, calls[index].source == nil, owners[key] == nil { owners[key] = index } }
            if let shared = call.shared, let key, let first = owners[key] {
                calls[index].source = (first, shared.result)
                keepTogether(&calls[first])
            }
            // A sum's count is that of the values: of all rows where none is null, and of the same argument anyway.
            guard call.counts || call.countsArgument, let sum = calls.firstIndex(where: { other in
                other.source == nil && other.shared?.state.counts == true
                    && (call.countsArgument && other.arguments == call.arguments
                        || call.counts && other.arguments.allSatisfy { !bindings[$0].mayBeNull })
            }), sum != index else { continue }
            calls[index].source = (sum, .count(call.resultType))
        }
        // A state that turned out to be another's has none of its own to lend.
        for index in calls.indices {
            if let source = calls[index].source, let further = calls[source.call].source {
                calls[index].source = (further.call, calls[index].source?.result ?? source.result)
            }
        }
    }
}

/// Stands for an aggregate whose rows are all elsewhere.
final class RowlessAggregator: Aggregator {
    override func pushRows(_ body: @escaping (Batch) throws -> Void) throws {}
}
