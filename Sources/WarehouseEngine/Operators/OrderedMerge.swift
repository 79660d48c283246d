import WarehouseBasics

/// Merges the states of stripes in their order, each as soon as all before it are merged: while other threads still read,
/// instead of at the end on one alone, and its memory goes back at once. Stops for good before a state that is to be merged
/// in partitions or from disk; which one that is follows from the data, as long as memory is not short.
final class OrderedMerge {
    private let context: QueryContext
    private let lock = Monitor()
    private var states: [GroupedState?]
    private var next = 0
    private var isOver: Bool
    /// A thread merges now, and will find what others bring meanwhile.
    private var isBusy = false
    private var whole: GroupedState?
    private var heldBytes = 0
    /// The most that the states held together.
    private(set) var peakBytes = 0

    /// `isOn` false: only keeps the states.
    init(count: Int, isOn: Bool, _ context: QueryContext) {
        states = Array(repeating: nil, count: count)
        isOver = !isOn
        self.context = context
    }

    /// What is left, in order, when all states have come: the first stands for all that were merged.
    var remaining: [GroupedState] { (whole.map { [$0] } ?? []) + states.compactMap(\.self) }

    /// Brings the state of a stripe, whose rows have ended.
    func add(_ state: GroupedState, at index: Int) throws {
        lock.withLock {
            states[index] = state
            hold(state.reservedBytes)
        }
        while let (whole, state) = begin() {
            let before = whole.reservedBytes
            do {
                try whole.absorb(state, selection: nil, lends: false)
            } catch {
                lock.withLock { isOver = true }
                throw error
            }
            lock.withLock {
                hold(whole.reservedBytes - before)
                hold(-state.reservedBytes)
                isBusy = false
            }
        }
    }

    private func hold(_ bytes: Int) {
        heldBytes += bytes
        peakBytes = max(peakBytes, heldBytes)
    }

    /// The next pair, for this thread to merge; nil while there is none, or another thread is at it.
    private func begin() -> (whole: GroupedState, state: GroupedState)? {
        lock.withLock {
            while !isOver, !isBusy, next < states.count, let state = states[next] {
                guard let whole else {
                    guard fits(state, groups: 0) else { return nil }
                    self.whole = state
                    states[next] = nil
                    next += 1
                    continue
                }
                guard fits(state, groups: whole.groupCount) else { return nil }
                states[next] = nil
                next += 1
                isBusy = true
                return (whole, state)
            }
            return nil
        }
    }

    private func fits(_ state: GroupedState, groups: Int) -> Bool {
        let fits = groups + state.groupCount < AggregateOperator.partitionedAbove && !state.hasRepeatedKeys
            && state.overflowing == nil && context.memory.hasRoom(for: 2 * state.reservedBytes, within: 0.5)
        if !fits { isOver = true }
        return fits
    }
}
